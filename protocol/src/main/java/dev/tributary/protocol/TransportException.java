package dev.tributary.protocol;

/** The wire failed for longer than its bound; nothing is lost, the caller may try again. */
public class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
