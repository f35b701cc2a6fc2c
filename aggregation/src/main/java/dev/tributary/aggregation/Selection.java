package dev.tributary.aggregation;

import dev.tributary.adapter.RankIndices;

/**
 * How an agent's smaller adapter lies within the global one.
 *
 * @param indices the global rank indices that the agent's ranks stand for, per module
 * @param fill what counts at the other indices
 * @param sketched whether the agent's larger scaling belongs to its forward pass alone (FSLoRA), so that its factors are
 *     those of the global scaling
 */
public record Selection(RankIndices indices, Fill fill, boolean sketched) {

    /** What an agent contributes at indices that it does not hold. */
    public enum Fill {
        /** The state's value: nothing changes there. */
        KEEP,
        /** Zero, with the agent's full weight: products of factors stay what they are. */
        ZERO,
        /** Not asked for: the method takes each update at its own rank. */
        NONE,
        /** Nothing, and no weight either: the mean at an index is over those that hold it. */
        ABSENT
    }
}
