package dev.tributary.coordinator.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/**
 * Reads tokens of a provider that need not run when the coordinator starts, nor all the time: it is asked for its keys at
 * the first token and when a token names a key that is not known. While it is away, tokens that need it are refused by a
 * {@link ProviderAwayException}; it is not asked again for some seconds, so that nobody waits. Safe for many threads.
 */
final class PatientDecoder implements JwtDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(PatientDecoder.class);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final Supplier<JwtDecoder> source;
    private final Clock clock;
    private @Nullable JwtDecoder decoder;
    private Instant askAgain = Instant.MIN;

    /** @param source asks the provider; any exception if it is away */
    PatientDecoder(Supplier<JwtDecoder> source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public Jwt decode(String token) {
        JwtDecoder current = decoder();
        try {
            return current.decode(token);
        } catch (BadJwtException e) {
            throw e;
        } catch (JwtException e) {
            throw away(e);
        }
    }

    private synchronized JwtDecoder decoder() {
        JwtDecoder current = decoder;
        if (current != null) {
            return current;
        }
        if (clock.instant().isBefore(askAgain)) {
            throw new ProviderAwayException("it did not answer when it was asked last");
        }
        try {
            current = source.get();
            decoder = current;
            return current;
        } catch (RuntimeException e) {
            askAgain = clock.instant().plus(PAUSE);
            throw away(e);
        }
    }

    private static ProviderAwayException away(RuntimeException e) {
        LOG.warn("the identity provider cannot be asked for its keys: {}", e.getMessage());
        return new ProviderAwayException(String.valueOf(e.getMessage()), e);
    }
}
