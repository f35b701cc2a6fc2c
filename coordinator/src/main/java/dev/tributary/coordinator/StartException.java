package dev.tributary.coordinator;

import org.jspecify.annotations.Nullable;

/** The coordinator cannot start; the message is for the operator: what is wrong and which key changes it. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
