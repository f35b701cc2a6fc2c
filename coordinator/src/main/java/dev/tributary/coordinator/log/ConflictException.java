package dev.tributary.coordinator.log;

/** An append that was refused: another writer was first, or this process no longer leads. Nothing was written. */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConflictException(String message) {
        super(message);
    }
}
