package dev.tributary.aggregation;

import dev.tributary.plan.Job;

/** A method whose next state is a function of sums over the accepted updates. */
public non-sealed interface SumMethod extends FederatedMethod {

    /** Writes the next state. Called once per round with at least one accepted update of positive weight. */
    void after(GlobalState state, Job job, Sums sums, NextState next);
}
