package dev.tributary.coordinator.security;

import org.springframework.security.core.AuthenticationException;

/** A token cannot be told good or bad, as the provider that signed it does not answer. */
final class ProviderAwayException extends AuthenticationException {
    private static final long serialVersionUID = 1L;

    ProviderAwayException(String message) {
        super(message);
    }

    ProviderAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
