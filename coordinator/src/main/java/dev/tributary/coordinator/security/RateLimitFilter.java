package dev.tributary.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Stops whoever asks too often; counted by person or program, and by address for those not signed in. */
final class RateLimitFilter extends OncePerRequestFilter {

    private final RateLimiter requests;

    RateLimitFilter(RateLimiter requests) {
        this.requests = requests;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Authentication who = SecurityContextHolder.getContext().getAuthentication();
        if (requests.count(who == null ? "@" + request.getRemoteAddr() : who.getName())) {
            chain.doFilter(request, response);
        } else {
            Answers.tooMany(request, response, requests.secondsLeft());
        }
    }
}
