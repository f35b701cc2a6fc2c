package dev.tributary.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a request in by the API token it carries; one that is not valid is refused at once. */
final class TokenFilter extends OncePerRequestFilter {

    private static final String BEARER = "Bearer ";

    private final ApiTokens tokens;
    private final RateLimiter failures;

    TokenFilter(ApiTokens tokens, RateLimiter failures) {
        this.tokens = tokens;
        this.failures = failures;
    }

    /** Whether the request carries a token of ours, valid or not. */
    static boolean carriesToken(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        return header != null && header.startsWith(BEARER + ApiTokens.PREFIX);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!carriesToken(request)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<ApiTokens.Token> token =
                tokens.check(request.getHeader("Authorization").substring(BEARER.length()));
        if (token.isEmpty()) {
            failures.count(request.getRemoteAddr());
            Answers.unauthenticated(request, response);
            return;
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                "token " + token.get().id(),
                null,
                AuthorityUtils.createAuthorityList("ROLE_" + token.get().role())));
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }
}
