package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;

/** Weighted sums over a round's accepted updates, tensor by tensor. All that a {@link SumMethod} may see. */
public interface Sums {

    /** Names and shapes of the summed tensors. */
    Layout layout();

    /** Σ nᵢ·xᵢ of a tensor in fp64, row-major; summed in agent-id order. */
    double[] numerator(String tensor);

    /** Σ nᵢ over the updates that hold the tensor. */
    double denominator(String tensor);

    /** Numerator over denominator, in fp64. */
    static double[] mean(Sums sums, String tensor) {
        double[] values = sums.numerator(tensor);
        double examples = sums.denominator(tensor);
        for (int i = 0; i < values.length; i++) {
            values[i] /= examples;
        }
        return values;
    }

    /** The mean rounded to fp32, as it is published. */
    static float[] roundedMean(Sums sums, String tensor) {
        double[] values = mean(sums, tensor);
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }
}
