package dev.tributary.coordinator.security;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** JSON web tokens of an OpenID Connect provider: signature, issuer, audience, time; roles from a claim. */
final class OidcTokens {

    /** By public keys only: with a shared secret whoever checks a token could make one. */
    private static final Set<SignatureAlgorithm> ALGORITHMS = Set.of(SignatureAlgorithm.values());

    private OidcTokens() {}

    /** Signs in who carries such a token. */
    static AuthenticationManager manager(SecuritySettings.Oidc settings, Clock clock) {
        JwtAuthenticationProvider provider =
                new JwtAuthenticationProvider(new PatientDecoder(() -> decoder(settings), clock));
        provider.setJwtAuthenticationConverter(roles(settings));
        return new ProviderManager(provider);
    }

    /** Asks the provider where its keys are. */
    static JwtDecoder decoder(SecuritySettings.Oidc settings) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(settings.issuerUri())
                .jwsAlgorithms(taken -> taken.addAll(ALGORITHMS))
                .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                JwtValidators.createDefaultWithIssuer(settings.issuerUri()),
                new JwtClaimValidator<List<String>>(
                        "aud", audience -> audience != null && audience.contains(settings.audience()))));
        return decoder;
    }

    /** Under a name that no account can have, so that the log never takes the one for the other. */
    static Converter<Jwt, AbstractAuthenticationToken> roles(SecuritySettings.Oidc settings) {
        return jwt ->
                new JwtAuthenticationToken(jwt, authorities(jwt, settings.rolesClaim()), "oidc " + jwt.getSubject());
    }

    private static Collection<GrantedAuthority> authorities(Jwt jwt, String claim) {
        Object listed = jwt.getClaim(claim);
        if (!(listed instanceof Collection<?> names)) {
            return List.of();
        }
        return names.stream()
                .map(name -> Role.find(String.valueOf(name)))
                .flatMap(Optional::stream)
                .<GrantedAuthority>map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList();
    }
}
