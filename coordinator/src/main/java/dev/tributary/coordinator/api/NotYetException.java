package dev.tributary.coordinator.api;

/** Something asked for that the job has not produced so far. */
final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotYetException(String message) {
        super(message);
    }
}
