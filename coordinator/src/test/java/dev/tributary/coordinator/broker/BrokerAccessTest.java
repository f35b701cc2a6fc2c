package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tributary.plan.AgentId;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsContexts;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.kafka.AgentAccess;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what on the real broker, with plain Kafka clients that try. */
class BrokerAccessTest {

    private static final String FEDERATION = "clinics";
    private static final List<AgentId> AGENTS = List.of(new AgentId("site-a"), new AgentId("site-ab"));
    private static final PartyKeys KEYS = new PartyKeys(
            SigningIdentity.ephemeral().publicKey(),
            OpeningKey.generate(SealSuite.X25519).publicKey());

    @TempDir
    static Path directory;

    static EmbeddedBroker broker;
    static CertificateAuthority authority;
    static AgentAccess access;

    @BeforeAll
    static void start() {
        authority = CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), FEDERATION, Clock.systemUTC());
        Path coordinator = coordinator(authority);
        broker = EmbeddedBroker.start(
                BrokerSettings.onFreePorts(directory.resolve("kafka")).with(new BrokerTls(coordinator, FEDERATION)));
        access = new AgentAccess(coordinatorSettings(), 50_000_000);
        access.admit(AGENTS);
    }

    private static KafkaSettings coordinatorSettings() {
        return KafkaSettings.of(broker.bootstrapServers(), FEDERATION)
                .withClient(Map.copyOf(KafkaSettings.tls(directory.resolve("coordinator.pem"))));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Path coordinator(CertificateAuthority by) {
        KeyPair pair = TlsKeys.generate();
        Path file = directory.resolve("coordinator.pem");
        TlsIdentity.of(
                        pair,
                        by.certifyCoordinator(
                                pair.getPublic(), KEYS, List.of("localhost", "127.0.0.1"), Duration.ofDays(1)),
                        by.certificate())
                .save(file);
        return file;
    }

    private static Path agent(CertificateAuthority by, String name) {
        KeyPair pair = TlsKeys.generate();
        byte[] request = TlsKeys.request(pair, Party.agent(name, FEDERATION));
        Path file = directory.resolve(name + "-" + by.fingerprint().substring(0, 8) + ".tls");
        TlsIdentity.of(pair, by.certifyAgent(name, request, KEYS, Duration.ofDays(1)), authority.certificate())
                .save(file);
        return file;
    }

    private static Map<String, Object> client(Path identity) {
        Map<String, Object> config = new HashMap<>(KafkaSettings.tls(identity));
        config.put("bootstrap.servers", broker.bootstrapServers());
        config.put("max.block.ms", 20_000);
        config.put("default.api.timeout.ms", 20_000);
        config.put("request.timeout.ms", 20_000);
        config.put("enable.metrics.push", false);
        return config;
    }

    private static boolean writes(Path identity, String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client(identity), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, new byte[] {1})).get(20, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(TopicAuthorizationException.class);
            return false;
        }
    }

    private static boolean reads(Path identity, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(identity), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                assertThat(System.nanoTime())
                        .as("neither a record nor a refusal")
                        .isLessThan(deadline);
            }
            return true;
        } catch (TopicAuthorizationException e) {
            return false;
        }
    }

    @Test
    void everyoneMayDoExactlyWhatIsListed() throws Exception {
        List<String> topics = List.of("up.site-a", "up.site-ab", "down.site-a", "down.site-ab", "blobs", "directory");
        Path coordinator = directory.resolve("coordinator.pem");
        for (String topic : topics) {
            assertThat(writes(coordinator, "tributary." + FEDERATION + "." + topic))
                    .isTrue();
        }
        List<String> found = new ArrayList<>();
        for (AgentId id : AGENTS) {
            Path identity = agent(authority, id.value());
            for (String topic : topics) {
                String name = "tributary." + FEDERATION + "." + topic;
                if (writes(identity, name)) {
                    found.add(id + " writes " + topic);
                }
                if (reads(identity, name)) {
                    found.add(id + " reads " + topic);
                }
            }
        }
        assertThat(found)
                .containsExactly(
                        "site-a writes up.site-a",
                        "site-a reads down.site-a",
                        "site-a reads blobs",
                        "site-a reads directory",
                        "site-ab writes up.site-ab",
                        "site-ab reads down.site-ab",
                        "site-ab reads blobs",
                        "site-ab reads directory");
    }

    @Test
    void anAgentMakesNoTopicJoinsNoGroupAndChangesNoRights() throws Exception {
        Path identity = agent(authority, "site-a");
        try (Admin admin = Admin.create(client(identity))) {
            assertThatThrownBy(() -> admin.createTopics(List.of(
                                    new NewTopic("tributary.clinics.up.site-x", Optional.of(1), Optional.empty())))
                            .all()
                            .get())
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> admin.deleteTopics(List.of("tributary.clinics.up.site-a"))
                            .all()
                            .get())
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> admin.describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY)
                            .values()
                            .get())
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThat(admin.listTopics().names().get())
                    .as("sees its own and the shared ones")
                    .containsExactlyInAnyOrder(
                            "tributary.clinics.up.site-a",
                            "tributary.clinics.down.site-a",
                            "tributary.clinics.blobs",
                            "tributary.clinics.directory");
        }
        Map<String, Object> grouped = client(identity);
        grouped.put("group.id", "agent.site-a");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(grouped, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("tributary.clinics.down.site-a"));
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(GroupAuthorizationException.class);
        }
    }

    @Test
    void onlyCertificatesOfTheFederationsOwnAuthorityConnect() {
        CertificateAuthority rogue =
                CertificateAuthority.loadOrCreate(directory.resolve("rogue.pem"), FEDERATION, Clock.systemUTC());
        assertThat(connecting(agent(rogue, "site-a"))).isInstanceOf(SslAuthenticationException.class);
        Clock lastMonth = Clock.fixed(Instant.now().minus(Duration.ofDays(30)), ZoneOffset.UTC);
        CertificateAuthority then =
                CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), FEDERATION, lastMonth);
        assertThat(connecting(agent(then, "site-ab"))).as("expired").isInstanceOf(SslAuthenticationException.class);
        assertThat(connecting(agent(authority, "site-a"))).hasMessage("connected");
    }

    @Test
    void anAgentsRenewedCertificateCountsFromItsNextConnectionOn() throws Exception {
        CertificateAuthority rogue =
                CertificateAuthority.loadOrCreate(directory.resolve("rogue.pem"), FEDERATION, Clock.systemUTC());
        Path file = directory.resolve("renewing.tls");
        String down = "tributary.clinics.down.site-a";
        Files.move(agent(rogue, "site-a"), file);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(file), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            assertThatThrownBy(() -> consumer.partitionsFor(down)).isInstanceOf(SslAuthenticationException.class);
            Files.move(agent(authority, "site-a"), file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(partitions(consumer, down)).isEqualTo(1);
        }
    }

    /** An attempt with the old certificate may still be under way. */
    private static int partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                return consumer.partitionsFor(topic).size();
            } catch (SslAuthenticationException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    @Test
    void theBrokerShowsItsRenewedCertificateWithoutARestart() throws Exception {
        BigInteger before = shownByBroker();
        coordinator(authority);
        assertThat(shownByBroker()).isNotEqualTo(before);
        assertThat(writes(agent(authority, "site-a"), "tributary.clinics.up.site-a"))
                .isTrue();
    }

    private static BigInteger shownByBroker() throws Exception {
        String[] at = broker.bootstrapServers().split(":");
        SSLContext context = TlsContexts.of(TlsIdentity.load(agent(authority, "site-a")));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(at[0], Integer.parseInt(at[1]))) {
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    @Test
    void anAgentThatSendsMoreThanItsQuotaIsSlowedDown() throws Exception {
        AgentId agent = new AgentId("site-big");
        new AgentAccess(coordinatorSettings(), 10_000).admit(List.of(agent));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                client(agent(authority, agent.value())), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("tributary.clinics.up.site-big", new byte[900_000]))
                    .get(20, TimeUnit.SECONDS);
            double slowed = producer.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("produce-throttle-time-max"))
                    .mapToDouble(metric -> (double) metric.getValue().metricValue())
                    .max()
                    .orElseThrow();
            assertThat(slowed).isPositive();
        }
    }

    @Test
    void aRevokedAgentGetsNothingThroughTheConnectionItHas() throws Exception {
        AgentId agent = new AgentId("site-gone");
        access.admit(List.of(agent));
        String up = "tributary.clinics.up.site-gone";
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                client(agent(authority, agent.value())), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(up, new byte[] {1})).get(20, TimeUnit.SECONDS);
            access.shut(agent);
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(up, new byte[] {2}))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
        access.admit(List.of(agent));
        assertThat(writes(agent(authority, agent.value()), up)).isTrue();
    }

    private static Throwable connecting(Path identity) {
        try (Admin admin = Admin.create(client(identity))) {
            Throwable failure =
                    catchThrowable(() -> admin.describeCluster().nodes().get(20, TimeUnit.SECONDS));
            return failure == null ? new AssertionError("connected") : failure.getCause();
        }
    }
}
