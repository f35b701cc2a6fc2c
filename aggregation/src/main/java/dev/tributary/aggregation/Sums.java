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
}
