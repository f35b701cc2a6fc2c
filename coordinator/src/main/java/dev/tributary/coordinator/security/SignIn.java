package dev.tributary.coordinator.security;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Checks name and password. Every failure reads the same, so that nobody learns which names exist or are locked. */
final class SignIn implements AuthenticationProvider {

    private final Accounts accounts;
    private final AccessLog log;
    private final RateLimiter failures;

    SignIn(Accounts accounts, AccessLog log, RateLimiter failures) {
        this.accounts = accounts;
        this.log = log;
        this.failures = failures;
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        String name = attempt.getName();
        Accounts.Attempt result = accounts.attempt(name, String.valueOf(attempt.getCredentials()));
        if (result.outcome() != Accounts.Outcome.RIGHT) {
            String address = attempt.getDetails() instanceof WebAuthenticationDetails details
                    ? String.valueOf(details.getRemoteAddress())
                    : "";
            failures.count(address);
            if (result.outcome() == Accounts.Outcome.LOCKED_NOW) {
                log.record(new AccessEvent.AccountLocked(name, address));
            }
            throw new BadCredentialsException("wrong name or password, or too many attempts");
        }
        return UsernamePasswordAuthenticationToken.authenticated(
                name, null, AuthorityUtils.createAuthorityList("ROLE_" + result.role()));
    }

    @Override
    public boolean supports(Class<?> type) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
    }
}
