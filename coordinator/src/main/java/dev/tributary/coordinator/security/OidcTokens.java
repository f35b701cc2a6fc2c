package dev.tributary.coordinator.security;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;

/** JSON web tokens of an OpenID Connect provider: signature, issuer, audience, time; roles from a claim. */
final class OidcTokens {

    private OidcTokens() {}

    /** Asks the provider for its keys at the first token, so that it need not run when the coordinator starts. */
    static JwtDecoder decoder(SecuritySettings.Oidc settings) {
        return new SupplierJwtDecoder(() -> {
            NimbusJwtDecoder decoder =
                    NimbusJwtDecoder.withIssuerLocation(settings.issuerUri()).build();
            decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                    JwtValidators.createDefaultWithIssuer(settings.issuerUri()),
                    new JwtClaimValidator<List<String>>(
                            "aud", audience -> audience != null && audience.contains(settings.audience()))));
            return decoder;
        });
    }

    static Converter<Jwt, AbstractAuthenticationToken> roles(SecuritySettings.Oidc settings) {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(jwt -> authorities(jwt, settings.rolesClaim()));
        return converter::convert;
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
