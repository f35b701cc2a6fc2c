package dev.tributary.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/** Against a provider's two documents over real HTTP. */
class OidcTokensTest {

    private HttpServer provider;
    private RSAKey key;
    private SecuritySettings.Oidc settings;
    private JwtDecoder decoder;

    @BeforeEach
    void start() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k").generate();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String issuer = "http://127.0.0.1:" + provider.getAddress().getPort();
        answer(
                "/.well-known/openid-configuration",
                "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer
                        + "/keys\",\"subject_types_supported\":[\"public\"]}");
        answer("/keys", new JWKSet(key.toPublicJWK()).toString());
        provider.start();
        settings = new SecuritySettings.Oidc(issuer, "tributary", "roles");
        decoder = OidcTokens.decoder(settings);
    }

    private void answer(String path, String json) {
        provider.createContext(path, exchange -> {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(settings.issuerUri())
                .audience("tributary")
                .subject("ada")
                .claim("roles", List.of("operator", "something-else"))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static String signed(RSAKey by, JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(), claims);
        token.sign(new RSASSASigner(by));
        return token.serialize();
    }

    private void refused(String token, String why) {
        assertThatThrownBy(() -> decoder.decode(token))
                .isInstanceOf(JwtException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aTokenOfTheProviderBringsItsRoles() throws Exception {
        var authentication = Objects.requireNonNull(
                OidcTokens.roles(settings).convert(decoder.decode(signed(key, claims().build()))));
        assertThat(authentication.getName()).isEqualTo("oidc ada");
        assertThat(authentication.getAuthorities())
                .extracting(GrantedAuthority::getAuthority)
                .filteredOn(authority -> authority.startsWith("ROLE_"))
                .containsExactly("ROLE_OPERATOR");
    }

    @Test
    void tokensForOthersExpiredOrNotOfTheProviderAreRefused() throws Exception {
        refused(signed(key, claims().audience("elsewhere").build()), "aud");
        refused(signed(key, claims().issuer("http://other").build()), "iss");
        refused(
                signed(
                        key,
                        claims().expirationTime(Date.from(Instant.now().minusSeconds(120)))
                                .build()),
                "expired");
        refused(signed(new RSAKeyGenerator(2048).keyID("k").generate(), claims().build()), "signature");
        refused(new PlainJWT(claims().build()).serialize(), "algorithm");
    }
}
