package dev.tributary.coordinator.security;

import dev.tributary.coordinator.config.TributaryProperties;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.LogFeed;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** One chain for all of page and REST: with sign-in, or without. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    private static final String CONTENT =
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
                    + " form-action 'self'; frame-ancestors 'none'";

    private static final int FAILURES_A_MINUTE = 30;

    @Bean
    Accounts accounts(JdbcClient jdbc, Clock clock, FlywayMigrationInitializer migrated) {
        return new Accounts(jdbc, clock);
    }

    @Bean
    ApiTokens apiTokens(JdbcClient jdbc, Clock clock, FlywayMigrationInitializer migrated) {
        return new ApiTokens(jdbc, clock);
    }

    @Bean
    AccessLog accessLog(EventStore store, LogFeed feed, LeaderTransaction leader, Clock clock) {
        return new AccessLog(store, feed, leader, clock);
    }

    @Bean
    SetUpLink setUpLink(Accounts accounts, TributaryProperties properties) {
        return new SetUpLink(accounts, isOn(properties));
    }

    private static boolean isOn(TributaryProperties properties) {
        return properties.security().isOn(properties.http().address());
    }

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            TributaryProperties properties,
            Accounts accounts,
            ApiTokens tokens,
            AccessLog log,
            Clock clock) {
        http.headers(SecurityConfiguration::headers);
        if (isOn(properties)) {
            signIn(http, properties.security(), accounts, tokens, log, clock);
        } else {
            http.csrf(AbstractHttpConfigurer::disable)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
        }
        return http.build();
    }

    /** Caching is left to the pages and REST, which answer with entity tags. */
    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                .cacheControl(HeadersConfigurer.CacheControlConfig::disable);
    }

    private static void signIn(
            HttpSecurity http,
            SecuritySettings settings,
            Accounts accounts,
            ApiTokens tokens,
            AccessLog log,
            Clock clock) {
        RateLimiter failures = new RateLimiter(FAILURES_A_MINUTE, clock);
        RateLimiter requests = new RateLimiter(settings.requestsPerMinute(), clock);
        http.authenticationManager(new ProviderManager(new SignIn(accounts, log, failures)))
                .authorizeHttpRequests(AccessRules::apply)
                .csrf(csrf -> csrf.spa()
                        .csrfTokenRepository(csrfCookie())
                        // Nothing of these is sent by a browser on its own; agents that enrol prove their token.
                        .ignoringRequestMatchers(request -> request.getHeader("Authorization") != null
                                || request.getRequestURI().startsWith("/api/v1/enrolment/")))
                .formLogin(form -> form.loginPage("/login").defaultSuccessUrl("/"))
                .logout(out -> out.logoutSuccessUrl("/login?out"))
                .httpBasic(basic -> basic.authenticationEntryPoint(
                        (request, response, e) -> Answers.unauthenticated(request, response)))
                .exceptionHandling(errors -> errors.accessDeniedHandler(
                                (request, response, e) -> Answers.forbidden(request, response))
                        .defaultAuthenticationEntryPointFor(
                                (request, response, e) -> Answers.unauthenticated(request, response),
                                SecurityConfiguration::isProgram)
                        .defaultAuthenticationEntryPointFor(
                                new LoginUrlAuthenticationEntryPoint("/login"), request -> true))
                .addFilterAfter(new GuessingFilter(failures), SecurityContextHolderFilter.class)
                .addFilterBefore(new TokenFilter(tokens, failures), BasicAuthenticationFilter.class)
                .addFilterBefore(new RateLimitFilter(requests), AuthorizationFilter.class);
        if (settings.oidc().isOn()) {
            DefaultBearerTokenResolver bearer = new DefaultBearerTokenResolver();
            http.oauth2ResourceServer(server -> server.bearerTokenResolver(
                            request -> TokenFilter.carriesToken(request) ? null : bearer.resolve(request))
                    .authenticationEntryPoint(Answers::refusedToken)
                    .jwt(jwt -> jwt.authenticationManager(OidcTokens.manager(settings.oidc(), clock))));
        }
    }

    /** The script of the pages reads it and sends it back as a header. */
    private static CookieCsrfTokenRepository csrfCookie() {
        CookieCsrfTokenRepository cookie = CookieCsrfTokenRepository.withHttpOnlyFalse();
        cookie.setCookieCustomizer(builder -> builder.sameSite("Strict"));
        return cookie;
    }

    /** Whether the answer goes to a program or script, which a sign-in page does not help. */
    private static boolean isProgram(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.startsWith("/api/")
                || path.startsWith("/v3/")
                || path.startsWith("/actuator/")
                || request.getHeader("HX-Request") != null;
    }
}
