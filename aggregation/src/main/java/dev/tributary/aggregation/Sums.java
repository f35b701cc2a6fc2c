package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;

/** Weighted sums over a round's accepted updates, tensor by tensor. All that a {@link SumMethod} may see. */
public interface Sums {

    /** Names and shapes of the tensors that at least one update holds. */
    Layout layout();

    /** Σ nᵢ·xᵢ of a tensor in fp64, row-major; summed in agent-id order. */
    double[] numerator(String tensor);

    /**
     * Σ nᵢ over the updates that hold the tensor: one number, or one per rank index (row of A, column of B) where updates
     * hold some of them.
     */
    double[] denominators(String tensor);
}
