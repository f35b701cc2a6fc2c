package dev.tributary.coordinator.job;

/** Where a round stands. */
public enum RoundPhase {
    /** Waiting for enough live agents. */
    OPENING,
    /** Plans are out, updates come in. */
    TRAINING,
    /** Closed with its quorum; the next global state is being computed. */
    AGGREGATING,
    /** The next global state is published. */
    PUBLISHED,
    /** Closed below its quorum; it is opened again or the job fails. */
    ABANDONED
}
