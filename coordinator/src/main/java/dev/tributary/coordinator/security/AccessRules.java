package dev.tributary.coordinator.security;

import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/** Which role may do what; the first rule that fits decides, and what no rule names nobody may do. */
final class AccessRules {

    /** @param method null for every one */
    private record Rule(@org.jspecify.annotations.Nullable HttpMethod method, String pattern, Role role) {}

    private static final List<String> OPEN = List.of(
            "/login",
            "/setup",
            "/api/v1/enrolment/**",
            "/error",
            "/assets/**",
            "/actuator/health",
            "/actuator/health/**");

    private static final List<Rule> RULES = List.of(
            new Rule(null, "/api/v1/accounts/**", Role.ADMIN),
            new Rule(null, "/api/v1/tokens/**", Role.ADMIN),
            new Rule(HttpMethod.GET, "/api/v1/enrolments", Role.VIEWER),
            new Rule(null, "/api/v1/enrolments/**", Role.ADMIN),
            new Rule(HttpMethod.POST, "/api/v1/jobs", Role.RESEARCHER),
            new Rule(HttpMethod.POST, "/api/v1/jobs/check", Role.RESEARCHER),
            new Rule(HttpMethod.POST, "/new/check", Role.RESEARCHER),
            new Rule(HttpMethod.POST, "/api/v1/jobs/*/cancel", Role.OPERATOR),
            new Rule(HttpMethod.POST, "/api/v1/jobs/*/pause", Role.OPERATOR),
            new Rule(HttpMethod.POST, "/api/v1/jobs/*/resume", Role.OPERATOR),
            new Rule(HttpMethod.POST, "/api/v1/jobs/*/retry", Role.OPERATOR),
            new Rule(HttpMethod.POST, "/api/v1/registry/**", Role.OPERATOR),
            new Rule(HttpMethod.GET, "/**", Role.VIEWER));

    private AccessRules() {}

    static void apply(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests) {
        // What a permitted request leads to inside: events that follow, error pages.
        requests.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                .permitAll();
        OPEN.forEach(pattern -> requests.requestMatchers(pattern).permitAll());
        requests.requestMatchers(HttpMethod.POST, "/logout").authenticated();
        for (Rule rule : RULES) {
            if (rule.method() == null) {
                requests.requestMatchers(rule.pattern()).access(atLeast(rule.role()));
            } else {
                requests.requestMatchers(rule.method(), rule.pattern()).access(atLeast(rule.role()));
            }
        }
        requests.anyRequest().denyAll();
    }

    private static AuthorityAuthorizationManager<RequestAuthorizationContext> atLeast(Role role) {
        return AuthorityAuthorizationManager.hasAnyRole(java.util.Arrays.stream(Role.values())
                .filter(r -> r.compareTo(role) >= 0)
                .map(Role::name)
                .toArray(String[]::new));
    }
}
