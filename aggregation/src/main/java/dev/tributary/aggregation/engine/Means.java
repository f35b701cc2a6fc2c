package dev.tributary.aggregation.engine;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.Sums;
import java.util.Collection;
import java.util.List;

/** From sums to means. Where nobody contributed, the value before the round stands. */
public final class Means {

    private Means() {}

    /** Numerator over denominator, in fp64. */
    public static double[] of(Sums sums, TensorSource before, String tensor) {
        if (!sums.layout().names().contains(tensor)) {
            return widen(before.read(tensor));
        }
        double[] values = sums.numerator(tensor);
        double[] weights = sums.denominators(tensor);
        if (weights.length == 1) {
            for (int i = 0; i < values.length; i++) {
                values[i] /= weights[0];
            }
            return values;
        }
        TensorInfo info = sums.layout().get(tensor);
        int width = info.shape().get(1);
        boolean rows = TensorName.parse(tensor).role() == TensorRole.LORA_A;
        float[] old = before.read(tensor);
        for (int i = 0; i < values.length; i++) {
            double weight = weights[rows ? i / width : i % width];
            values[i] = weight > 0 ? values[i] / weight : old[i];
        }
        return values;
    }

    /** The mean rounded to fp32, as it is published. */
    public static float[] rounded(Sums sums, TensorSource before, String tensor) {
        double[] values = of(sums, before, tensor);
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    /** The mean of a two-dimensional tensor, as published, widened again. */
    public static Matrix matrix(Sums sums, TensorSource before, String tensor) {
        TensorInfo info = before.layout().get(tensor);
        return new Matrix(info.shape().get(0), info.shape().get(1), widen(rounded(sums, before, tensor)));
    }

    /** Writes the means of the named tensors; in their order where sums hold noise that is drawn as they are asked for. */
    public static void write(Sums sums, TensorSource before, Collection<String> tensors, SafetensorsWriter writer) {
        List<String> names = List.copyOf(tensors);
        if (sums instanceof WeightedSums) {
            Blocks.forEach(names.size(), i -> writer.write(names.get(i), rounded(sums, before, names.get(i))));
        } else {
            names.forEach(name -> writer.write(name, rounded(sums, before, name)));
        }
    }

    /** The layout of the named tensors of a state, in fp32. */
    public static Layout layout(TensorSource state, Collection<String> tensors) {
        return Layout.of(tensors.stream()
                .map(name -> new TensorInfo(
                        name,
                        dev.tributary.adapter.DType.F32,
                        state.layout().get(name).shape()))
                .toList());
    }

    private static double[] widen(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
