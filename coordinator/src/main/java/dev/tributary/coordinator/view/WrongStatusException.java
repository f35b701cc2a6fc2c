package dev.tributary.coordinator.view;

/** Something asked of a job that its status does not allow; the message says which one does. */
public final class WrongStatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongStatusException(String message) {
        super(message);
    }
}
