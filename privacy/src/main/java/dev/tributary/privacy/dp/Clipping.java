package dev.tributary.privacy.dp;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;

/**
 * Scaling of a whole message (all its tensors as one vector) so that its L2 norm is at most C. A message that is not
 * finite becomes zero: a comparison with NaN must never let it through. Pure functions; norms are summed in fp64.
 */
public final class Clipping {
    /** Scaled vectors aim this much below C, which absorbs the rounding of fp32 values and of the norm itself. */
    private static final double MARGIN = 1 - 0x1p-20;

    private Clipping() {}

    /** A clipped message with the norm that it had; the norm is private data. */
    public record Clipped(Tensors tensors, double norm, double factor) {}

    /** √Σx² over all arrays; NaN or infinite if a value is, or if the sum overflows. */
    public static double norm(float[]... parts) {
        double squares = 0;
        for (float[] part : parts) {
            for (float value : part) {
                squares += (double) value * value;
            }
        }
        return Math.sqrt(squares);
    }

    /** √Σx² over all tensors, read one at a time. */
    public static double norm(TensorSource source) {
        double squares = 0;
        for (String name : source.layout().names()) {
            for (float value : source.read(name)) {
                squares += (double) value * value;
            }
        }
        return Math.sqrt(squares);
    }

    /** What to multiply a vector of this norm with; 0 if the norm is not finite. */
    public static double factor(double norm, double clip) {
        requirePositive(clip);
        double bound = clip * MARGIN;
        if (!(norm < Double.POSITIVE_INFINITY)) {
            return 0;
        }
        return norm <= bound ? 1 : bound / norm;
    }

    /** Scales the arrays in place, as one vector, and returns the norm that they had. */
    public static double clip(double clip, float[]... parts) {
        double norm = norm(parts);
        double factor = factor(norm, clip);
        for (float[] part : parts) {
            scale(part, factor);
        }
        return norm;
    }

    /** A clipped copy. */
    public static Clipped clip(TensorSource source, double clip) {
        double norm = norm(source);
        double factor = factor(norm, clip);
        Tensors.Builder builder = Tensors.builder();
        for (TensorInfo info : source.layout().tensors().values()) {
            float[] values = source.read(info.name());
            scale(values, factor);
            builder.put(new TensorInfo(info.name(), DType.F32, info.shape()), values);
        }
        return new Clipped(builder.build(), norm, factor);
    }

    private static void scale(float[] values, double factor) {
        if (factor == 1) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = factor == 0 ? 0 : (float) (values[i] * factor);
        }
    }

    static void requirePositive(double clip) {
        if (!(clip > 0 && clip < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("clip must be > 0 and finite, was " + clip);
        }
    }
}
