package dev.tributary.agent.enrol;

import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsContexts;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.enrol.EnrolmentChallenge;
import dev.tributary.protocol.enrol.EnrolmentGrant;
import dev.tributary.protocol.enrol.EnrolmentRequest;
import dev.tributary.protocol.enrol.EnrolmentStart;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Makes an agent a member by its one-time token. The keys are made here; sent are public keys and proofs. What the
 * coordinator answers counts only if it proves the token too, and comes with a certificate of the authority that the
 * token names, so that nobody on the way can take the coordinator's or the agent's place, with or without TLS.
 */
public final class Enroller {

    private static final int MAX_ANSWER = 64 << 10;
    private static final int MAX_PROBLEM = 4096;
    private static final int MAX_DETAIL = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern DETAIL = Pattern.compile("\"detail\"\\s*:\\s*\"");

    private final URI coordinator;
    private final EnrolmentToken token;
    private final HttpClient http;
    private final Clock clock;
    private final Optional<String> coordinatorKey;

    /** @throws EnrolmentException if the address is none */
    public Enroller(URI coordinator, EnrolmentToken token, Clock clock) {
        this(coordinator, token, Optional.empty(), clock);
    }

    /**
     * @param coordinatorKey the only coordinator to believe, by its signing key, 64 hex digits; told by another way
     * @throws EnrolmentException if the address is none
     */
    public Enroller(URI coordinator, EnrolmentToken token, Optional<String> coordinatorKey, Clock clock) {
        boolean tls = "https".equals(coordinator.getScheme());
        if (coordinator.getHost() == null || !tls && !"http".equals(coordinator.getScheme())) {
            throw new EnrolmentException(
                    "the coordinator's address must look like https://host:8080, was '" + coordinator + "'");
        }
        this.coordinator = coordinator;
        this.token = token;
        this.clock = clock;
        this.coordinatorKey = coordinatorKey;
        this.http = client(tls ? TlsContexts.pinning(token.authority()) : null);
    }

    private static HttpClient client(@Nullable SSLContext context) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
        return (context == null ? builder : builder.sslContext(context)).build();
    }

    /**
     * Enrols the agent whose data directory this is; its signing key stays the one it has.
     *
     * @return what the coordinator granted
     * @throws EnrolmentException if it is refused, or the answer is not to be believed; nothing is kept then
     */
    public EnrolmentGrant enrol(String agent, String federation, Path dataDirectory) {
        SigningIdentity signing = SigningIdentity.loadOrCreate(dataDirectory.resolve("identity.pem"));
        Membership membership = Membership.at(dataDirectory);
        OpeningKey opening =
                OpeningKey.loadOrCreate(membership.sealFile(token.suite().text()), token.suite());
        KeyPair pair = TlsKeys.generate();
        try {
            EnrolmentChallenge challenge = EnrolmentChallenge.read(
                    post("challenge", new EnrolmentStart(token.id(), opening.publicKey()).bytes()));
            EnrolmentRequest request = new EnrolmentRequest(
                    token.id(),
                    challenge.nonce(),
                    challenge.answer(opening),
                    TlsKeys.request(pair, Party.agent(agent, federation)),
                    signing.publicKey(),
                    opening.publicKey());
            EnrolmentGrant grant =
                    EnrolmentGrant.open(post("request", request.sealed(token.proofKey(), signing)), token.proofKey());
            check(grant, agent, federation, new PartyKeys(signing.publicKey(), opening.publicKey()));
            membership.save(
                    TlsIdentity.of(pair, grant.certificate(), grant.authority()), grant.coordinator(), grant.tls());
            return grant;
        } catch (IllegalArgumentException | UnopenableException e) {
            throw new EnrolmentException(
                    "what answers at " + coordinator + " is not the coordinator of this token: " + e.getMessage(), e);
        }
    }

    private void check(EnrolmentGrant grant, String agent, String federation, PartyKeys keys) {
        X509Certificate authority = grant.authority();
        if (!Certificates.fingerprint(authority).equals(token.authority())) {
            throw new IllegalArgumentException("its certificate authority is another than the token names");
        }
        Certificates.check(grant.certificate(), authority, clock);
        Certificates.check(grant.coordinator(), authority, clock);
        if (!grant.federation().equals(federation)) {
            throw new EnrolmentException("the token is for the federation '" + grant.federation()
                    + "', the agent is configured for '" + federation + "'; write federation: " + grant.federation());
        }
        if (!Party.of(grant.certificate()).equals(Party.agent(agent, federation))) {
            throw new EnrolmentException("the token is for agent '" + grant.agent() + "', this one is configured as '"
                    + agent + "'; write id: " + grant.agent() + ", and ask for a new token, since this one is used up");
        }
        if (!Party.of(grant.coordinator()).equals(Party.coordinator(federation))) {
            throw new IllegalArgumentException("its certificate is not a coordinator's");
        }
        String signing = HexFormat.of()
                .formatHex(PartyKeys.of(grant.coordinator()).signing().raw());
        if (coordinatorKey.filter(key -> !key.equals(signing)).isPresent()) {
            throw new EnrolmentException(
                    "the coordinator at " + coordinator + " signs by the key " + signing
                            + ", coordinator-key says " + coordinatorKey.get()
                            + "; ask its operator by another way than the network which one is right. Nothing was kept, and the token is used up");
        }
        if (PartyKeys.of(grant.coordinator()).sealing().suite() != token.suite()) {
            throw new IllegalArgumentException(
                    "it has no sealing key of suite " + token.suite().text() + ", which the token names");
        }
        if (!PartyKeys.of(grant.certificate()).equals(keys)) {
            throw new IllegalArgumentException("the certificate is for other keys");
        }
    }

    private byte[] post(String step, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(coordinator.resolve("/api/v1/enrolment/" + step))
                .header("Content-Type", "application/octet-stream")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<InputStream> response = send(request);
            byte[] answer = read(response);
            if (response.statusCode() != 200) {
                String problem = new String(answer, 0, Math.min(answer.length, MAX_PROBLEM), StandardCharsets.UTF_8);
                throw new EnrolmentException("the coordinator at " + coordinator + " refuses: "
                        + detail(problem).map(Enroller::printable).orElse("status " + response.statusCode()));
            }
            return answer;
        } catch (IOException e) {
            throw new EnrolmentException(
                    "no coordinator to be trusted answers at " + coordinator + ": " + reason(e)
                            + ". Check the address, and that the token is this coordinator's.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnrolmentException("interrupted while waiting for " + coordinator, e);
        }
    }

    /** Whoever answers is not known yet: no more is taken than an answer can have. */
    private byte[] read(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            byte[] answer = body.readNBytes(MAX_ANSWER + 1);
            if (answer.length > MAX_ANSWER) {
                throw new EnrolmentException("what answers at " + coordinator
                        + " is not the coordinator of this token: it sends more than " + MAX_ANSWER + " bytes");
            }
            return answer;
        }
    }

    /** Escapes as they stand. Looked for by hand: an expression that repeats a choice overflows the stack. */
    private static Optional<String> detail(String problem) {
        Matcher start = DETAIL.matcher(problem);
        if (!start.find()) {
            return Optional.empty();
        }
        int at = start.end();
        while (at < problem.length() && problem.charAt(at) != '"') {
            at += problem.charAt(at) == '\\' ? 2 : 1;
        }
        return at < problem.length() ? Optional.of(problem.substring(start.end(), at)) : Optional.empty();
    }

    /** Nothing of it moves a terminal's cursor. */
    private static String printable(String text) {
        String safe = text.replaceAll("\\p{C}", "?");
        return safe.length() > MAX_DETAIL ? safe.substring(0, MAX_DETAIL) + "..." : safe;
    }

    /** By the token's authority, or, where the page has a certificate of another, by those this machine trusts. */
    private HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (SSLHandshakeException e) {
            try {
                return client(null).send(request, BodyHandlers.ofInputStream());
            } catch (SSLHandshakeException again) {
                e.addSuppressed(again);
                throw e;
            }
        }
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
