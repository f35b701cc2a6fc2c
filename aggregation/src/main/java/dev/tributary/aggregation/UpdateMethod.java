package dev.tributary.aggregation;

import dev.tributary.plan.Job;
import java.util.List;

/** A method that needs each accepted update by itself (products of factors, robust rules). */
public non-sealed interface UpdateMethod extends FederatedMethod {

    /**
     * Writes the next state.
     *
     * @param updates at least one, in agent-id order, weights summing to 1; each is read from disk one tensor at a time
     */
    void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next);
}
