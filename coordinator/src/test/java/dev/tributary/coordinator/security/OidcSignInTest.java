package dev.tributary.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens of an OpenID Connect provider, as a program sends them to REST, with a provider that comes and goes. */
class OidcSignInTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    static int port;
    static HttpServer provider;
    static volatile String keys = "";
    static RSAKey key;
    static Coordinator coordinator;
    static HttpResponse<String> beforeTheProviderRan;

    @BeforeAll
    static void start() throws Exception {
        port = BrokerSettings.freePorts(1)[0];
        key = new RSAKeyGenerator(2048).keyID("first").generate();
        publish(key);
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        coordinator = Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation(ScriptedAgent.FEDERATION)
                .httpPort(0)
                .with("tributary.security.enabled", true)
                .with("tributary.security.oidc.issuer-uri", issuer())
                .transport(network::coordinator));
        beforeTheProviderRan = get("/api/v1/jobs", signed(key, claims().build()));
        run();
    }

    @AfterAll
    static void stop() {
        coordinator.close();
        provider.stop(0);
    }

    private static String issuer() {
        return "http://127.0.0.1:" + port;
    }

    private static void run() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        provider.createContext("/", exchange -> {
            String json = exchange.getRequestURI().getPath().equals("/keys")
                    ? keys
                    : "{\"issuer\":\"" + issuer() + "\",\"jwks_uri\":\"" + issuer()
                            + "/keys\",\"subject_types_supported\":[\"public\"]}";
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        provider.start();
    }

    private static void publish(JWK... published) {
        keys = new JWKSet(List.of(published)).toPublicJWKSet().toString();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience("tributary")
                .subject("ada")
                .claim("roles", List.of("viewer"))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static String signed(JWK by, JWTClaimsSet claims) throws JOSEException {
        boolean rsa = by instanceof RSAKey;
        JWSSigner signer = rsa ? new RSASSASigner(by.toRSAKey()) : new ECDSASigner(by.toECKey());
        return signed(signer, rsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256, by.getKeyID(), claims);
    }

    private static String signed(JWSSigner signer, JWSAlgorithm algorithm, String keyId, JWTClaimsSet claims)
            throws JOSEException {
        SignedJWT token =
                new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private static HttpResponse<String> get(String path, String token) throws Exception {
        return send(HttpRequest.newBuilder(coordinator.address().resolve(path)), token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String token) throws Exception {
        return HTTP.send(
                request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The provider was away a moment ago, and is not asked again for some seconds. */
    private static HttpResponse<String> whenTheProviderIsBack(String token) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        HttpResponse<String> answer = get("/api/v1/jobs", token);
        while (answer.statusCode() == 503 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000_000);
            answer = get("/api/v1/jobs", token);
        }
        return answer;
    }

    private static JsonNode problem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void refused(String token, String why) throws Exception {
        HttpResponse<String> answer = whenTheProviderIsBack(token);
        assertThat(answer.statusCode()).as(why).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer error=\"invalid_token\"");
        assertThat(problem(answer).get("type").asString()).endsWith("unauthenticated");
        assertThat(problem(answer).get("detail").asString()).contains(why);
    }

    private static int cancels(String role) throws Exception {
        String token =
                signed(key, claims().claim("roles", List.of(role, "unheard-of")).build());
        assertThat(whenTheProviderIsBack(token).statusCode()).as(role).isEqualTo(200);
        return send(
                        HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/jobs/none/cancel"))
                                .POST(HttpRequest.BodyPublishers.noBody()),
                        token)
                .statusCode();
    }

    @Test
    void aProviderThatDoesNotRunYetIsToldAsItsOwnProblem() {
        assertThat(beforeTheProviderRan.statusCode()).isEqualTo(503);
        assertThat(beforeTheProviderRan.headers().firstValue("Retry-After")).isPresent();
        assertThat(problem(beforeTheProviderRan).get("type").asString()).endsWith("identity-provider-away");
        assertThat(problem(beforeTheProviderRan).get("detail").asString()).contains("issuer-uri");
    }

    @Test
    void theRolesOfATokenAreThoseOfItsClaim() throws Exception {
        assertThat(cancels("viewer")).isEqualTo(403);
        assertThat(cancels("researcher")).isEqualTo(403);
        assertThat(cancels("operator")).as("allowed, and there is no such job").isEqualTo(404);
        assertThat(cancels("admin")).isEqualTo(404);
        String none =
                signed(key, claims().claim("roles", List.of("ADMIN", "root")).build());
        assertThat(get("/api/v1/jobs", none).statusCode()).as("no role of ours").isEqualTo(403);
        String words = signed(key, claims().claim("roles", "admin").build());
        assertThat(get("/api/v1/jobs", words).statusCode()).as("no list").isEqualTo(403);
    }

    @Test
    void aTokenThatIsNotGoodIsRefusedWithItsReason() throws Exception {
        refused(signed(key, claims().audience("elsewhere").build()), "aud");
        refused(signed(key, claims().issuer("http://other.example.org").build()), "iss");
        refused(
                signed(
                        key,
                        claims().expirationTime(Date.from(Instant.now().minusSeconds(120)))
                                .build()),
                "expired");
        refused(
                signed(
                        key,
                        claims().notBeforeTime(Date.from(Instant.now().plusSeconds(300)))
                                .build()),
                "before");
        refused(signed(new RSAKeyGenerator(2048).keyID("first").generate(), claims().build()), "signature");
        refused("not.a.token", "Malformed");
        String byPublicKey =
                signed(new MACSigner(key.toPublicJWK().toJSONString()), JWSAlgorithm.HS256, "first", claims().build());
        refused(byPublicKey, "lgorithm");
    }

    @Test
    void aNewKeyOfTheProviderIsTakenWithoutARestartAndAWithdrawnOneNoMore() throws Exception {
        RSAKey next = new RSAKeyGenerator(2048).keyID("next").generate();
        ECKey curve = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
        publish(key, next, curve);
        assertThat(whenTheProviderIsBack(signed(next, claims().build())).statusCode())
                .isEqualTo(200);
        assertThat(whenTheProviderIsBack(signed(curve, claims().build())).statusCode())
                .isEqualTo(200);
        RSAKey unpublished = new RSAKeyGenerator(2048).keyID("unpublished").generate();
        publish(curve);
        refused(signed(unpublished, claims().build()), "decode");
        refused(signed(next, claims().build()), "decode");
        publish(key);
    }

    @Test
    void whileTheProviderIsAwayTokensByKnownKeysGoOnAndOthersAreToldWhy() throws Exception {
        assertThat(whenTheProviderIsBack(signed(key, claims().build())).statusCode())
                .isEqualTo(200);
        ECKey later = new ECKeyGenerator(Curve.P_256).keyID("later").generate();
        provider.stop(0);
        try {
            assertThat(get("/api/v1/jobs", signed(key, claims().build())).statusCode())
                    .isEqualTo(200);
            HttpResponse<String> unknown = get("/api/v1/jobs", signed(later, claims().build()));
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(problem(unknown).get("type").asString()).endsWith("identity-provider-away");
            assertThat(get("/api/v1/jobs", signed(key, claims().build())).statusCode())
                    .isEqualTo(200);
        } finally {
            publish(key, later);
            run();
        }
        assertThat(whenTheProviderIsBack(signed(later, claims().build())).statusCode())
                .isEqualTo(200);
        publish(key);
    }
}
