package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;

/** What an adapter makes of one linear module. */
public interface Delta {

    /** The adapted output of {@code base} for x (tokens, in), bias included: (tokens, out). */
    Tensor apply(Tensor x, Linear base);

    /** The adapted weight (out, in), as if the adapter had been merged. */
    Tensor mergedWeight(Linear base);
}
