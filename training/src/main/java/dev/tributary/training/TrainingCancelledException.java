package dev.tributary.training;

/** Thrown through the engine by a progress listener that wants the work to stop. */
public final class TrainingCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingCancelledException(String message) {
        super(message);
    }
}
