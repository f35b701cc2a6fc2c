package dev.tributary.coordinator.job;

/** What a job needs from the world next; messages and timers come in besides. */
public sealed interface Step {

    /** Compute and publish the state before round 1. */
    record Initialise() implements Step {}

    /** Draw a cohort, write its plans, open the round. */
    record OpenRound(int round, int attempt) implements Step {}

    /** Aggregate the accepted updates of a closed round and publish the result. */
    record Aggregate(int round) implements Step {}

    /** Send the plans that measure a published round. */
    record OpenEvaluation(int round) implements Step {}

    /** Nothing but waiting for answers, or the job is over. */
    record Wait() implements Step {}
}
