package dev.tributary.coordinator.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticationException;

/** A token cannot be told good or bad, as the provider that signed it does not answer. */
final class ProviderAwayException extends AuthenticationException {
    private static final long serialVersionUID = 1L;

    ProviderAwayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
