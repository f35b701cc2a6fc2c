package dev.tributary.protocol;

import org.jspecify.annotations.Nullable;

/** The wire failed for longer than its bound; nothing is lost, the caller may try again. */
public class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransportException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
