package dev.tributary.plan;

import dev.tributary.adapter.TensorRole;

/**
 * What a training plan says of all tensors of one role: where the values come from, whether they train, whether and how
 * they are sent back, whether the agent keeps its own copy.
 *
 * @param role which tensors; heads are {@link TensorRole#WEIGHT} and {@link TensorRole#BIAS}
 */
public record TensorTerms(TensorRole role, Source source, boolean trains, Send send, boolean keep) {

    /** Where an agent takes a tensor's starting value from. */
    public enum Source {
        /** The plan's state blobs. */
        SERVER,
        /** The agent's own kept copy of the version the plan names; the state blobs if it has none. */
        KEPT,
        /** Drawn from the plan's seed. */
        SEED
    }

    /** What is sent back. */
    public enum Send {
        NOTHING,
        /** The trained value. */
        VALUE,
        /** The trained value less the starting value. */
        DELTA
    }
}
