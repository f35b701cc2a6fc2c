package dev.tributary.coordinator.broker;

import org.jspecify.annotations.Nullable;

/** The embedded broker cannot start or go on; the message says why and which setting to change. */
public class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
