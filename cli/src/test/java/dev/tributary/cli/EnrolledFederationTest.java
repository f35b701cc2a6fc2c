package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.check.AgentCheck;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.enrol.Enroller;
import dev.tributary.agent.enrol.EnrolmentException;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.broker.EmbeddedBroker;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsContexts;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.LogHead;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.enrol.EnrolmentToken;
import dev.tributary.protocol.kafka.BrokerProbe;
import dev.tributary.protocol.kafka.KafkaSettings;
import dev.tributary.protocol.memory.InMemoryNetwork;
import dev.tributary.training.TrainingEngine;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in and who is not, with real agents and a real coordinator in one process. */
@Timeout(300)
class EnrolledFederationTest {

    private static final Map<String, ModelDescriptor.LinearShape> MODULES =
            Map.of("encoder.layer.0.attention.self.query", new ModelDescriptor.LinearShape(12, 10));

    @TempDir
    private Path directory;

    @Test
    void onlyEnrolledAgentsAreHeardSealedByXWingAndARevokedOneIsHeardNoMore() throws IOException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                Coordinator coordinator = Coordinator.start(
                        options().with("tributary.enrolment.suite", "x-wing").transport(network::coordinator));
                Agent stranger = agent("stranger", network, engine)) {
            CoordinatorClient client = client(coordinator);
            EnrolmentToken token = EnrolmentToken.parse(client.enrolmentToken("amazon", 1));
            assertThat(token.suite()).isEqualTo(SealSuite.X_WING);
            EnrolmentToken weaker = new EnrolmentToken(token.id(), token.secret(), token.authority(), SealSuite.X25519);
            assertThatThrownBy(() -> enrol(coordinator, "amazon", weaker.text()))
                    .hasMessageContaining("this federation seals by x-wing");
            enrol(coordinator, "amazon", token.text());
            assertThat(Membership.in(data("amazon"))
                            .orElseThrow()
                            .coordinator()
                            .sealing()
                            .suite())
                    .isEqualTo(SealSuite.X_WING);
            try (Agent member = agent("amazon", network, engine)) {
                await(() -> live(coordinator).contains("amazon"));
                assertThat(live(coordinator)).containsExactly("amazon");
                assertThat(member.isRunning() && stranger.isRunning()).isTrue();

                client.revoke("amazon");
                await(() -> live(coordinator).isEmpty());
                assertThat(client.enrolments().members())
                        .singleElement()
                        .satisfies(m -> assertThat(m.isActive()).isFalse());
            }
            enrol(coordinator, "amazon", client.enrolmentToken("amazon", 1));
            try (Agent again = agent("amazon", network, engine)) {
                await(() -> live(coordinator).contains(again.id().value()));
            }
        }
    }

    /** What a lost disk leaves: the coordinator, restarted meanwhile, knows the messages of the machine that is gone. */
    @Test
    void anotherMachineUnderARevokedAgentsNameIsHeardAtOnce() throws IOException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3)) {
            try (Coordinator coordinator = coordinator(network)) {
                enrol(coordinator, "amazon", client(coordinator).enrolmentToken("amazon", 1));
                try (Agent lost = agent("amazon", network, engine)) {
                    await(() -> live(coordinator).contains(lost.id().value()));
                }
            }
            try (Coordinator coordinator = coordinator(network)) {
                CoordinatorClient client = client(coordinator);
                Files.move(data("amazon"), directory.resolve("lost"));
                String token = client.enrolmentToken("amazon", 1);
                assertThatThrownBy(() -> enrol(coordinator, "amazon", token)).hasMessageContaining("revoke it first");
                client.revoke("amazon");
                enrol(coordinator, "amazon", token);
                assertThat(live(coordinator)).isEmpty();
                try (Agent next = agent("amazon", network, engine)) {
                    await(() -> live(coordinator).contains(next.id().value()));
                }
            }
        }
    }

    /** The same rights and certificates on a broker that somebody else runs, by Kafka's own means. */
    @Test
    void aBrokerOfOnesOwnTakesTheFederationsCertificatesAndGivesItsRights() throws IOException {
        Path data = directory.resolve("coordinator");
        CertificateAuthority.loadOrCreate(data.resolve("authority.pem"), "demo", Clock.systemUTC());
        CommandLineResult made = CommandLineResult.of(
                "enrolment",
                "broker",
                "kafka-1",
                "--host",
                "127.0.0.1",
                "--data-dir",
                data.toString(),
                "--out",
                directory.resolve("kafka-1").toString());
        assertThat(made.status()).as(made.err()).isZero();
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                EmbeddedBroker broker = standalone(Path.of(made.out().strip()));
                Coordinator coordinator = Coordinator.start(options()
                        .with("tributary.broker.mode", "external")
                        .with("tributary.broker.bootstrap-servers", broker.bootstrapServers())
                        .with("tributary.broker.tls", true))) {
            CoordinatorClient client = client(coordinator);
            enrol(coordinator, "amazon", client.enrolmentToken("amazon", 1));
            try (Agent amazon = overKafka("amazon", coordinator, engine)) {
                await(() -> live(coordinator).contains("amazon"));
                KafkaSettings settings = AgentMain.kafkaSettings(config("amazon", broker.bootstrapServers()));
                assertThat(BrokerProbe.ask(settings, amazon.id())).contains("this agent's topics are there");
                assertThatThrownBy(() -> BrokerProbe.ask(
                                settings.withClient(Map.of())
                                        .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2)),
                                amazon.id()))
                        .as("without a certificate")
                        .isInstanceOf(TransportException.class);
                client.revoke("amazon");
                await(() -> BrokerProbe.ask(settings, amazon.id()).contains("topics are not there"));
                await(() -> live(coordinator).isEmpty());
            }
        }
    }

    private EmbeddedBroker standalone(Path settings) throws IOException {
        Properties lines = new Properties();
        lines.load(new StringReader(Files.readString(settings)));
        lines.put("listener.security.protocol.map", "CLIENTS:SSL,CONTROLLER:SSL");
        Map<String, String> overrides = new TreeMap<>();
        lines.forEach((key, value) -> overrides.put((String) key, (String) value));
        int[] ports = BrokerSettings.freePorts(2);
        return EmbeddedBroker.start(new BrokerSettings(
                directory.resolve("kafka"), "127.0.0.1", ports[0], ports[1], "127.0.0.1", List.of(), overrides, null));
    }

    @Test
    void anAgentBelievesNobodyButTheCoordinatorOfItsToken() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (Coordinator coordinator = coordinator(network)) {
            CoordinatorClient client = client(coordinator);
            EnrolmentToken token = EnrolmentToken.parse(client.enrolmentToken("amazon", 1));
            assertThatThrownBy(() -> new CoordinatorClient(coordinator.address()).agents())
                    .hasMessageContaining("not trusted");
            HttpClient browser = HttpClient.newBuilder()
                    .sslContext(TlsContexts.pinning(token.authority()))
                    .build();
            HttpRequest page = HttpRequest.newBuilder(coordinator.address()).build();
            assertThat(browser.send(page, BodyHandlers.discarding()).headers().firstValue("Strict-Transport-Security"))
                    .isPresent();
            EnrolmentToken elsewhere = new EnrolmentToken(token.id(), token.secret(), "0".repeat(64), token.suite());
            assertThatThrownBy(() -> enrol(coordinator, "amazon", elsewhere.text()))
                    .isInstanceOf(EnrolmentException.class)
                    .hasMessageContaining("no coordinator to be trusted");
            Enroller pinned = new Enroller(
                    coordinator.address(),
                    EnrolmentToken.parse(client.enrolmentToken("amazon", 1)),
                    Optional.of("0".repeat(64)),
                    Clock.systemUTC());
            assertThatThrownBy(() -> pinned.enrol("amazon", "demo", data("amazon")))
                    .hasMessageContaining("coordinator-key says 000");
            assertThat(Membership.in(data("amazon"))).isEmpty();
            enrol(coordinator, "amazon", token.text());
            assertThatThrownBy(() -> enrol(coordinator, "amazon", token.text()))
                    .as("used up")
                    .hasMessageContaining("token is not valid");
            String forYelp = client.enrolmentToken("yelp", 1);
            assertThatThrownBy(() -> enrol(coordinator, "amazon", forYelp)).hasMessageContaining("write id: yelp");
        }
    }

    @Test
    void aJobRunsOverMutualTlsAndARevokedAgentIsCutOffTheBroker() throws IOException {
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                Coordinator coordinator = Coordinator.start(options().brokerPort(0))) {
            CoordinatorClient client = client(coordinator);
            for (String site : List.of("amazon", "imdb")) {
                enrol(coordinator, site, client.enrolmentToken(site, 1));
            }
            try (Agent amazon = overKafka("amazon", coordinator, engine);
                    Agent imdb = overKafka("imdb", coordinator, engine)) {
                await(() -> live(coordinator).size() == 2);
                String job = client.submit("""
                                name: tone
                                base-model: minilm
                                task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
                                adapter: {type: lora, rank: 2, alpha: 4, target-modules: [query]}
                                rounds: 2
                                cohort: {quorum: 2, deadline: 60s}
                                seed: 7
                                """).id();
                TlsIdentity old = age("amazon");
                await(() -> !client.job(job).isRunning());
                assertThat(client.job(job).status()).isEqualTo("completed");
                await(() -> !identity("amazon").certificate().equals(old.certificate()));
                assertThat(identity("amazon").key()).isNotEqualTo(old.key());
                assertThat(identity("amazon").party()).isEqualTo(old.party());
                assertThat(client.rounds(job)).as("no round was done twice").hasSize(2);
                assertThat(found(directory.resolve("coordinator/kafka"), patterns()))
                        .isEmpty();
                assertThat(AgentCheck.run(config("amazon", coordinator.bootstrapServers()), Clock.systemUTC()))
                        .filteredOn(finding -> !finding.what().startsWith("model"))
                        .allSatisfy(finding ->
                                assertThat(finding.good()).as(finding.text()).isTrue())
                        .extracting(AgentCheck.Finding::text)
                        .anyMatch(text -> text.contains("by certificate, this agent's topics are there"))
                        .anyMatch(text -> text.startsWith("enrolled, certificate until"));
                Path log = directory.resolve("log.ndjson");
                client.auditLog(log);
                assertThat(log).content().contains("\\\"sealed\\\"").doesNotContain("\\\"key\\\"");
                Path witnessed = data("amazon").resolve("witnessed-log");
                await(() -> Files.exists(witnessed));
                client.auditLog(log);
                assertThat(verified(log, witnessed).out()).contains("witnesses compared", "intact");
                Path other = Files.writeString(directory.resolve("other"), new LogHead(1, "0".repeat(64)) + "\n");
                assertThat(verified(log, other).out()).contains("a witness kept checkpoint 000", "NOT INTACT");
                client.revoke("imdb");
                long revoked = System.nanoTime();
                await(() -> !live(coordinator).contains("imdb"));
                assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(Duration.ofSeconds(60));
                assertThat(amazon.isRunning() && imdb.isRunning()).isTrue();
                assertThat(live(coordinator)).containsExactly("amazon");
            }
        }
    }

    /** Puts a certificate of the same key in the place of a running agent's own, two thirds of whose life are over. */
    private TlsIdentity age(String site) {
        TlsIdentity now = identity(site);
        Clock fiveDaysAgo = Clock.offset(Clock.systemUTC(), Duration.ofDays(-5));
        KeyPair pair = new KeyPair(now.certificate().getPublicKey(), now.key());
        X509Certificate older = CertificateAuthority.loadOrCreate(
                        directory.resolve("coordinator/authority.pem"), "demo", fiveDaysAgo)
                .certifyAgent(
                        site, TlsKeys.request(pair, now.party()), PartyKeys.of(now.certificate()), Duration.ofDays(7));
        TlsIdentity aged = TlsIdentity.of(pair, older, now.authority());
        aged.save(Membership.in(data(site)).orElseThrow().tlsFile());
        return aged;
    }

    private TlsIdentity identity(String site) {
        return Membership.in(data(site)).orElseThrow().identity();
    }

    private static CommandLineResult verified(Path log, Path witnessed) {
        return CommandLineResult.of("audit", "verify", log.toString(), "--witness", witnessed.toString());
    }

    /** Bytes from the middle of every blob that travelled, and words of plans. */
    private List<byte[]> patterns() throws IOException {
        List<byte[]> patterns = new ArrayList<>(List.of(
                "learning".getBytes(StandardCharsets.US_ASCII), "attention.self".getBytes(StandardCharsets.US_ASCII)));
        try (Stream<Path> files = Files.walk(directory.resolve("coordinator/store"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                byte[] middle =
                        Arrays.copyOfRange(bytes, bytes.length / 2, Math.min(bytes.length, bytes.length / 2 + 24));
                if (new String(middle, StandardCharsets.ISO_8859_1)
                                .chars()
                                .distinct()
                                .count()
                        > 8) {
                    patterns.add(middle);
                }
            }
        }
        assertThat(found(directory.resolve("coordinator/store"), patterns))
                .as("the search finds what is there")
                .hasSizeGreaterThan(1);
        return patterns;
    }

    private static Set<String> found(Path where, List<byte[]> patterns) throws IOException {
        Set<String> found = new HashSet<>();
        try (Stream<Path> files = Files.walk(where)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                for (byte[] pattern : patterns) {
                    if (bytes.contains(new String(pattern, StandardCharsets.ISO_8859_1))) {
                        found.add(HexFormat.of().formatHex(pattern) + " in " + file);
                    }
                }
            }
        }
        return found;
    }

    private Agent overKafka(String site, Coordinator coordinator, TrainingEngine engine) throws IOException {
        return AgentMain.start(config(site, coordinator.bootstrapServers()), engine);
    }

    private static CoordinatorClient client(Coordinator coordinator) {
        assertThat(coordinator.address().getScheme()).isEqualTo("https");
        return new CoordinatorClient(
                coordinator.address(), null, coordinator.authority().orElseThrow());
    }

    private void enrol(Coordinator coordinator, String site, String token) {
        URI address = coordinator.address();
        new Enroller(address, EnrolmentToken.parse(token), Clock.systemUTC()).enrol(site, "demo", data(site));
    }

    private Path data(String site) {
        return directory.resolve("agents").resolve(site);
    }

    private static List<String> live(Coordinator coordinator) {
        return coordinator.views().agents().stream()
                .filter(AgentView::live)
                .map(AgentView::id)
                .toList();
    }

    private Coordinator coordinator(InMemoryNetwork network) {
        return Coordinator.start(options().transport(network::coordinator));
    }

    private CoordinatorOptions options() {
        return CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation("demo")
                .httpPort(0)
                .with("tributary.enrolment.required", true)
                .with("tributary.leases.silence", "3s");
    }

    private Agent agent(String site, InMemoryNetwork network, TrainingEngine engine) throws IOException {
        return Agent.start(config(site, "none"), network.agent(new AgentId(site)), engine);
    }

    private AgentConfig config(String site, String bootstrapServers) throws IOException {
        Path rows = Files.writeString(
                directory.resolve("rows.jsonl"),
                "{\"text\": \"a\", \"label\": 0}\n{\"text\": \"b\", \"label\": 1}\n".repeat(10));
        AgentConfig config = AgentConfig.of(
                new AgentId(site),
                "demo",
                bootstrapServers,
                data(site),
                Map.of("minilm", ModelSource.in(directory)),
                Map.of("reviews", DatasetConfig.classification(rows, rows, "text", "label", List.of())));
        return config.withHeartbeat(Duration.ofMillis(500));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
