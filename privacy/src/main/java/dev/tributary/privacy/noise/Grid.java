package dev.tributary.privacy.noise;

/**
 * Multiples of a power of two. Data is put on the grid before integer noise is added, so that no floating-point gap tells
 * the value before noise (Mironov, "On Significance of the Least Significant Bits", CCS 2012); going back is
 * post-processing.
 *
 * @param exponent of the step, 2^exponent
 */
public record Grid(int exponent) {
    private static final int STEPS_PER_CLIP_BITS = 20;
    private static final double LARGEST = 0x1p62;

    public Grid {
        if (exponent < -900 || exponent > 900) {
            throw new IllegalArgumentException("exponent must be in [-900, 900], was " + exponent);
        }
    }

    /** The grid on which a vector of norm {@code clip} is between 2²⁰ and 2²¹ steps long. */
    public static Grid forClip(double clip) {
        if (!(clip > 0 && clip < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("clip must be > 0 and finite, was " + clip);
        }
        return new Grid(Math.getExponent(clip) - STEPS_PER_CLIP_BITS);
    }

    public double step() {
        return Math.scalb(1.0, exponent);
    }

    /**
     * Rounds toward zero, which never makes a vector longer.
     *
     * @throws IllegalArgumentException if a value is not finite or too large for the grid
     */
    public long[] quantise(float[] values) {
        double perStep = Math.scalb(1.0, -exponent);
        long[] steps = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            double scaled = values[i] * perStep;
            if (!(Math.abs(scaled) < LARGEST)) {
                throw new IllegalArgumentException(
                        "value " + i + " does not fit the grid: clip to a finite norm before noise");
            }
            steps[i] = (long) scaled;
        }
        return steps;
    }

    public float[] dequantise(long[] steps) {
        double step = step();
        float[] values = new float[steps.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (steps[i] * step);
        }
        return values;
    }
}
