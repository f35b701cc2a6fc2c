package dev.tributary.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets an address that failed to sign in too often not try again for a while; those signed in are not concerned. */
final class GuessingFilter extends OncePerRequestFilter {

    private final RateLimiter failures;

    GuessingFilter(RateLimiter failures) {
        this.failures = failures;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean tries = request.getHeader("Authorization") != null
                || (request.getMethod().equals("POST")
                        && (request.getRequestURI().equals("/login")
                                || request.getRequestURI().equals("/setup")));
        if (tries && failures.isExhausted(request.getRemoteAddr())) {
            Answers.tooMany(request, response, failures.secondsLeft());
        } else {
            chain.doFilter(request, response);
        }
    }
}
