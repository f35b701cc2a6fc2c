package dev.tributary.coordinator.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.security.core.AuthenticationException;
import tools.jackson.databind.json.JsonMapper;

/** Refusals as REST tells them: problem details (RFC 9457). */
final class Answers {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Problem(String type, String title, int status, String detail, String instance) {}

    private Answers() {}

    static void problem(
            HttpServletRequest request,
            HttpServletResponse response,
            int status,
            String type,
            String title,
            String detail)
            throws IOException {
        Problem problem = new Problem("urn:tributary:problem:" + type, title, status, detail, request.getRequestURI());
        response.setStatus(status);
        response.setContentType("application/problem+json");
        response.getOutputStream().write(JSON.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
    }

    static void unauthenticated(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("WWW-Authenticate", "Bearer");
        problem(
                request,
                response,
                HttpServletResponse.SC_UNAUTHORIZED,
                "unauthenticated",
                "Sign in first",
                "Send a valid API token as 'Authorization: Bearer ...' (tributary: --token or TRIBUTARY_TOKEN), or sign in"
                        + " at /login");
    }

    /** To a token of the identity provider: what is wrong with it, or that the provider cannot be asked. */
    static void refusedToken(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        if (e instanceof ProviderAwayException) {
            response.setHeader("Retry-After", "5");
            problem(
                    request,
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "identity-provider-away",
                    "The identity provider does not answer",
                    "Your token cannot be checked: the provider at tributary.security.oidc.issuer-uri does not answer."
                            + " Try again, or use an API token or a local account");
            return;
        }
        response.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        problem(
                request,
                response,
                HttpServletResponse.SC_UNAUTHORIZED,
                "unauthenticated",
                "Sign in first",
                "The identity provider's token is refused: " + e.getMessage());
    }

    static void forbidden(HttpServletRequest request, HttpServletResponse response) throws IOException {
        problem(
                request,
                response,
                HttpServletResponse.SC_FORBIDDEN,
                "forbidden",
                "Not allowed",
                "Your role does not allow this, or a browser's request came without its CSRF token");
    }

    static void tooMany(HttpServletRequest request, HttpServletResponse response, long seconds) throws IOException {
        response.setHeader("Retry-After", Long.toString(seconds));
        problem(request, response, 429, "too-many-requests", "Too many requests", "Try again in " + seconds + " s");
    }
}
