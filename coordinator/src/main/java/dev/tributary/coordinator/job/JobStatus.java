package dev.tributary.coordinator.job;

/** Where a job as a whole stands. */
public enum JobStatus {
    /** Rounds are being opened, trained or aggregated. */
    RUNNING,
    /** Every round was published and evaluated. */
    COMPLETED,
    /** It cannot go on; the reason says why. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED;

    public boolean isFinal() {
        return this != RUNNING;
    }
}
