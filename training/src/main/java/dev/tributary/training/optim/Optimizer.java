package dev.tributary.training.optim;

import org.bytedeco.pytorch.Tensor;

/** Changes parameters by their gradients. State lives in the pointer scope in which the optimiser was made. */
public interface Optimizer {

    /**
     * Takes one step with the gradients that the parameters hold, and clears them.
     *
     * @param rateFactor what the schedule multiplies every learning rate with, 1 for a constant schedule
     */
    void step(double rateFactor);

    /** One parameter with its own learning rate. */
    record Parameter(String name, Tensor tensor, double learningRate) {}
}
