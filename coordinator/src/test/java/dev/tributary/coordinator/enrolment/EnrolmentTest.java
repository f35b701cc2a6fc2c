package dev.tributary.coordinator.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.ProtocolVersions;
import dev.tributary.protocol.enrol.EnrolmentChallenge;
import dev.tributary.protocol.enrol.EnrolmentGrant;
import dev.tributary.protocol.enrol.EnrolmentRequest;
import dev.tributary.protocol.enrol.EnrolmentStart;
import dev.tributary.protocol.enrol.EnrolmentToken;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Enrolment over real HTTP, as an agent that may be up to anything. */
class EnrolmentTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    static Coordinator coordinator;

    private final SigningIdentity signing = SigningIdentity.ephemeral();
    private final OpeningKey opening = OpeningKey.generate(SealSuite.X25519);
    private final KeyPair tls = TlsKeys.generate();

    @BeforeAll
    static void start() {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        coordinator = Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation(ScriptedAgent.FEDERATION)
                .httpPort(0)
                .with("tributary.enrolment.required", true)
                .with("tributary.http.tls", false)
                .transport(network::coordinator));
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    private static HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
        URI at = coordinator.address().resolve("/api/v1/" + path);
        HttpRequest request = HttpRequest.newBuilder(at)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofByteArray());
    }

    private static EnrolmentToken token(String agent) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/enrolments/tokens"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"agent\":\"" + agent + "\"}"))
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return EnrolmentToken.parse(
                JsonMapper.shared().readTree(answer.body()).get("token").asString());
    }

    private EnrolmentRequest request(EnrolmentToken token) throws Exception {
        HttpResponse<byte[]> answer =
                post("enrolment/challenge", new EnrolmentStart(token.id(), opening.publicKey()).bytes());
        EnrolmentChallenge challenge = EnrolmentChallenge.read(answer.body());
        return new EnrolmentRequest(
                token.id(),
                challenge.nonce(),
                challenge.answer(opening),
                TlsKeys.request(tls, Party.agent("site-a", ScriptedAgent.FEDERATION)),
                signing.publicKey(),
                opening.publicKey());
    }

    private static void refused(byte[] request, String why) throws Exception {
        HttpResponse<byte[]> answer = post("enrolment/request", request);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(why);
    }

    @Test
    void aTokenAdmitsOneAgentOnceWithTheKeysItShowed() throws Exception {
        EnrolmentToken token = token("site-a");
        byte[] sent = request(token).sealed(token.proofKey(), signing);
        HttpResponse<byte[]> answer = post("enrolment/request", sent);
        assertThat(answer.statusCode()).isEqualTo(200);
        EnrolmentGrant grant = EnrolmentGrant.open(answer.body(), token.proofKey());
        assertThat(grant.agent()).isEqualTo("site-a");
        assertThat(Certificates.fingerprint(grant.authority())).isEqualTo(token.authority());
        Certificates.check(grant.certificate(), grant.authority(), Clock.systemUTC());
        assertThat(Party.of(grant.certificate()).principal()).isEqualTo("agent.site-a");
        assertThat(PartyKeys.of(grant.certificate()))
                .isEqualTo(new PartyKeys(signing.publicKey(), opening.publicKey()));
        assertThat(Party.of(grant.coordinator())).isEqualTo(Party.coordinator(ScriptedAgent.FEDERATION));
        refused(sent, "token is not valid");
        HttpResponse<byte[]> changed = answer;
        changed.body()[changed.body().length / 2] ^= 1;
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> EnrolmentGrant.open(changed.body(), token.proofKey())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ofTwentyWhoUseOneTokenAtTheSameTimeOneIsAdmitted() throws Exception {
        EnrolmentToken token = token("site-race");
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            requests.add(request(token).sealed(token.proofKey(), signing));
        }
        List<CompletableFuture<Integer>> answers = requests.stream()
                .map(body -> HTTP.sendAsync(
                                HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/enrolment/request"))
                                        .POST(BodyPublishers.ofByteArray(body))
                                        .build(),
                                BodyHandlers.discarding())
                        .thenApply(HttpResponse::statusCode))
                .toList();
        assertThat(answers.stream().map(CompletableFuture::join).filter(status -> status == 200))
                .hasSize(1);
    }

    @Test
    void aProofThatDoesNotHoldIsRefusedAndTheTokenStaysGood() throws Exception {
        EnrolmentToken token = token("site-b");
        EnrolmentRequest right = request(token);
        String key = token.proofKey();
        refused(right.sealed(EnrolmentToken.proofKey("guess"), signing), "token is not valid");
        refused(right.sealed(key, SigningIdentity.ephemeral()), "not signed by the signing key");
        refused(
                new EnrolmentRequest(
                                right.tokenId(),
                                right.nonce(),
                                new byte[32],
                                right.pkcs10(),
                                right.signing(),
                                right.sealing())
                        .sealed(key, signing),
                "did not show that it has the sealing key");
        refused(
                new EnrolmentRequest(
                                right.tokenId(),
                                right.nonce(),
                                right.answer(),
                                right.pkcs10(),
                                right.signing(),
                                OpeningKey.generate(SealSuite.X25519).publicKey())
                        .sealed(key, signing),
                "did not show that it has the sealing key");
        refused(
                new EnrolmentRequest(
                                right.tokenId(),
                                right.nonce(),
                                right.answer(),
                                new byte[] {1, 2, 3},
                                right.signing(),
                                right.sealing())
                        .sealed(key, signing),
                "certificate request");
        refused(new byte[] {9, 9, 9}, "not an enrolment request");
        refused(new byte[100_000], "at most");
        assertThat(post("enrolment/request", right.sealed(key, signing)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aKeyOfAnotherSuiteIsRefusedBeforeAnythingElse() throws Exception {
        EnrolmentToken token = token("site-c");
        HttpResponse<byte[]> answer = post(
                "enrolment/challenge",
                new EnrolmentStart(
                                token.id(),
                                OpeningKey.generate(SealSuite.X_WING).publicKey())
                        .bytes());
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("seals by x25519");
    }

    @Test
    void anAgentThatSpeaksNoCommonProtocolIsToldSo() throws Exception {
        EnrolmentToken token = token("site-v");
        EnrolmentStart later = new EnrolmentStart(token.id(), opening.publicKey(), new ProtocolVersions(2, 3));
        HttpResponse<byte[]> answer = post("enrolment/challenge", later.bytes());
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("this coordinator speaks protocol 1, the agent 2 to 3");
        EnrolmentStart both = new EnrolmentStart(token.id(), opening.publicKey(), new ProtocolVersions(1, 3));
        assertThat(post("enrolment/challenge", both.bytes()).statusCode()).isEqualTo(200);
    }

    @Test
    void aMembersNameIsNotGivenToAnotherKeyUntilItIsRevoked() throws Exception {
        EnrolmentToken first = token("site-d");
        assertThat(post("enrolment/request", request(first).sealed(first.proofKey(), signing))
                        .statusCode())
                .isEqualTo(200);
        EnrolmentTest other = new EnrolmentTest();
        EnrolmentToken second = token("site-d");
        byte[] sent = other.request(second).sealed(second.proofKey(), other.signing);
        refused(sent, "revoke it first");
        HttpRequest revoke = HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/enrolments/site-d"))
                .DELETE()
                .build();
        assertThat(HTTP.send(revoke, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
        assertThat(HTTP.send(revoke, BodyHandlers.discarding()).statusCode()).isEqualTo(404);
        assertThat(post("enrolment/request", sent).statusCode()).isEqualTo(200);
    }
}
