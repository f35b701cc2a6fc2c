package dev.tributary.coordinator.view;

/** Something asked for that the job has not produced so far, does not keep any more, or does not release. */
public final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotYetException(String message) {
        super(message);
    }
}
