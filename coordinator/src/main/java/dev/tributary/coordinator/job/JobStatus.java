package dev.tributary.coordinator.job;

/** Where a job as a whole stands. */
public enum JobStatus {
    /** Rounds are being opened, trained or aggregated. */
    RUNNING,
    /** Somebody asked it to wait: what is under way is finished, no further round opens. */
    PAUSED,
    /** Every round was published and evaluated. */
    COMPLETED,
    /** It cannot go on; the reason says why. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED,
    /** Another round would pass a privacy budget; the result is the last one that did not. */
    BUDGET_EXHAUSTED,
    /** An audit contradicts the privacy claim; nothing is released. */
    PRIVACY_ALARM;

    public boolean isFinal() {
        return this != RUNNING && this != PAUSED;
    }
}
