package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tributary.plan.AgentId;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsContexts;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.kafka.AgentAccess;
import dev.tributary.protocol.kafka.CertifiedEngines;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;
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
    private static final List<String> TOPICS =
            List.of("up.site-a", "up.site-ab", "down.site-a", "down.site-ab", "blobs", "directory");
    private static final PartyKeys KEYS = new PartyKeys(
            SigningIdentity.ephemeral().publicKey(),
            OpeningKey.generate(SealSuite.X25519).publicKey());

    /** Serial numbers of certificates whose machines are members no more. */
    private static final Set<BigInteger> GONE = ConcurrentHashMap.newKeySet();

    @TempDir
    static Path directory;

    static EmbeddedBroker broker;
    static CertificateAuthority authority;
    static AgentAccess access;

    @BeforeAll
    static void start() {
        authority = CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), FEDERATION, Clock.systemUTC());
        Path coordinator = coordinator(authority);
        int[] ports = BrokerSettings.freePorts(2);
        broker = EmbeddedBroker.start(new BrokerSettings(
                        directory.resolve("kafka"),
                        "127.0.0.1",
                        ports[0],
                        ports[1],
                        "127.0.0.1",
                        List.of(),
                        Map.of("connections.max.idle.ms", "5000"),
                        null)
                .with(new BrokerTls(
                        coordinator, FEDERATION, certificate -> !GONE.contains(certificate.getSerialNumber()))));
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
        Path coordinator = directory.resolve("coordinator.pem");
        for (String topic : TOPICS) {
            assertThat(writes(coordinator, "tributary." + FEDERATION + "." + topic))
                    .isTrue();
        }
        List<String> found = new ArrayList<>();
        for (AgentId id : AGENTS) {
            Path identity = agent(authority, id.value());
            for (String topic : TOPICS) {
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

    /** Every operation that Kafka knows for topics and cluster, as the broker itself answers for each user. */
    @Test
    void nobodyHasAnotherRightThanThoseListed() throws Exception {
        Map<String, Set<AclOperation>> own = Map.of(
                "up.site-a", Set.of(AclOperation.WRITE, AclOperation.DESCRIBE),
                "down.site-a", Set.of(AclOperation.READ, AclOperation.DESCRIBE),
                "blobs", Set.of(AclOperation.READ, AclOperation.DESCRIBE),
                "directory", Set.of(AclOperation.READ, AclOperation.DESCRIBE));
        assertThat(rights(agent(authority, "site-a"))).isEqualTo(own);
        assertThat(rights(agent(authority, "site-unknown"))).isEmpty();
        Map<String, Set<AclOperation>> all = rights(directory.resolve("coordinator.pem"));
        assertThat(all).hasSize(TOPICS.size() + 1);
        assertThat(all.get("up.site-a")).contains(AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER);
        assertThat(all.get("cluster")).contains(AclOperation.CREATE, AclOperation.ALTER, AclOperation.CLUSTER_ACTION);
    }

    /** What a user may do with each topic it sees, and with the cluster; nothing is left out. */
    private static Map<String, Set<AclOperation>> rights(Path identity) throws Exception {
        Map<String, Set<AclOperation>> found = new HashMap<>();
        try (Admin admin = Admin.create(client(identity))) {
            for (String topic : TOPICS) {
                String name = "tributary." + FEDERATION + "." + topic;
                try {
                    found.put(
                            topic,
                            admin.describeTopics(
                                            List.of(name),
                                            new DescribeTopicsOptions().includeAuthorizedOperations(true))
                                    .topicNameValues()
                                    .get(name)
                                    .get(20, TimeUnit.SECONDS)
                                    .authorizedOperations());
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(TopicAuthorizationException.class);
                }
            }
            Set<AclOperation> cluster = admin.describeCluster(
                            new DescribeClusterOptions().includeAuthorizedOperations(true))
                    .authorizedOperations()
                    .get(20, TimeUnit.SECONDS);
            if (!cluster.isEmpty()) {
                found.put("cluster", cluster);
            }
        }
        return found;
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
        Map<String, Object> transactional = client(identity);
        transactional.put("transactional.id", "agent.site-a");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(TransactionalIdAuthorizationException.class);
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

    /** By Kafka's own client settings, as somebody without our software would come. */
    @Test
    void nobodyConnectsWithoutACertificateOrByAnOlderTls() {
        Map<String, Object> plain = client(agent(authority, "site-a"));
        CertifiedEngines.settings(directory).keySet().forEach(plain::remove);
        plain.put("ssl.truststore.type", "PEM");
        plain.put("ssl.truststore.certificates", Certificates.text(List.of(authority.certificate())));
        assertThat(connecting(plain)).as("no certificate").isInstanceOf(SslAuthenticationException.class);
        plain.put("ssl.keystore.type", "PEM");
        plain.put("ssl.keystore.location", agent(authority, "site-a").toString());
        plain.put("ssl.protocol", "TLSv1.2");
        plain.put("ssl.enabled.protocols", "TLSv1.2");
        assertThat(connecting(plain)).as("TLS 1.2").isInstanceOf(SslAuthenticationException.class);
        plain.put("ssl.protocol", "TLSv1.3");
        plain.put("ssl.enabled.protocols", "TLSv1.3");
        assertThat(connecting(plain)).hasMessage("connected");
    }

    @Test
    void aSubjectThatSmugglesInFurtherPartsIsNoUser() throws Exception {
        SslPrincipalMapper mapper = SslPrincipalMapper.fromRules(Party.kafkaMapping(FEDERATION));
        assertThat(mapper.getName("CN=site-a,OU=agent,O=clinics")).isEqualTo("agent.site-a");
        for (String subject : List.of(
                "CN=site-a,OU=coordinator,OU=agent,O=clinics",
                "CN=coordinator,OU=coordinator,O=clinics,C=DE",
                "C=DE,CN=coordinator,OU=coordinator,O=clinics",
                "CN=site-a\\,OU=coordinator,OU=agent,O=clinics",
                "CN=site-a+OU=coordinator,OU=agent,O=clinics",
                "CN=coordinator,OU=coordinator,O=other",
                "CN=Site-A,OU=agent,O=clinics",
                "CN=site-a,OU=admin,O=clinics")) {
            assertThatThrownBy(() -> mapper.getName(subject)).as(subject).hasMessageContaining("No rules apply");
        }
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

    @Test
    void aRevokedAgentReadsNothingThroughTheConnectionItHas() {
        AgentId agent = new AgentId("site-reader");
        access.admit(List.of(agent));
        TopicPartition down = new TopicPartition("tributary.clinics.down.site-reader", 0);
        try (KafkaConsumer<byte[], byte[]> consumer = reader(agent(authority, agent.value()), down, Map.of())) {
            assertThat(consumer.poll(Duration.ofMillis(500)))
                    .as("allowed, and empty")
                    .isEmpty();
            access.shut(agent);
            assertThat(refusal(consumer)).isInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** Whom the coordinator calls a member no more is nobody on its connections too, whatever rights its name has. */
    @Test
    void theCertificateOfAMachineThatIsNoMemberAnyMoreLosesEveryRightAtOnce() throws Exception {
        AgentId agent = new AgentId("site-lost");
        access.admit(List.of(agent));
        Path lost = agent(authority, agent.value());
        TopicPartition down = new TopicPartition("tributary.clinics.down.site-lost", 0);
        try (KafkaConsumer<byte[], byte[]> consumer = reader(lost, down, Map.of());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client(lost), new ByteArraySerializer(), new ByteArraySerializer())) {
            String up = "tributary.clinics.up.site-lost";
            producer.send(new ProducerRecord<>(up, new byte[] {1})).get(20, TimeUnit.SECONDS);
            assertThat(consumer.poll(Duration.ofMillis(500)))
                    .as("allowed, and empty")
                    .isEmpty();
            GONE.add(TlsIdentity.load(lost).certificate().getSerialNumber());
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(up, new byte[] {2}))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            assertThat(refusal(consumer)).isInstanceOf(TopicAuthorizationException.class);
            assertThat(rights(lost)).isEmpty();
            Path next = agent(authority, agent.value()); // the machine that took its name
            assertThat(writes(next, up)).isTrue();
            assertThat(rights(next)).hasSize(2);
        }
    }

    /** A fetch that was allowed when it came waits for records as long as the client says: days, if it likes. */
    @Test
    void aFetchThatARevokedAgentLeftWaitingIsLetGoOf() {
        AgentId agent = new AgentId("site-patient");
        access.admit(List.of(agent));
        TopicPartition down = new TopicPartition("tributary.clinics.down.site-patient", 0);
        Map<String, Object> patient = Map.of("fetch.max.wait.ms", 600_000, "request.timeout.ms", 700_000);
        try (KafkaConsumer<byte[], byte[]> consumer = reader(agent(authority, agent.value()), down, patient)) {
            assertThat(consumer.poll(Duration.ofSeconds(1)))
                    .as("allowed, and empty")
                    .isEmpty();
            access.shut(agent);
            long shut = System.nanoTime();
            assertThat(refusal(consumer)).isInstanceOf(TopicAuthorizationException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - shut)).isLessThan(Duration.ofSeconds(60));
        }
    }

    private static KafkaConsumer<byte[], byte[]> reader(
            Path identity, TopicPartition partition, Map<String, Object> settings) {
        Map<String, Object> config = client(identity);
        config.putAll(settings);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seek(partition, 0);
        return consumer;
    }

    /** What a consumer's polls end in. */
    private static Throwable refusal(KafkaConsumer<byte[], byte[]> consumer) {
        return catchThrowable(() -> {
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            while (System.nanoTime() < deadline) {
                assertThat(consumer.poll(Duration.ofSeconds(1))).isEmpty();
            }
        });
    }

    private static Throwable connecting(Path identity) {
        return connecting(client(identity));
    }

    private static Throwable connecting(Map<String, Object> config) {
        try (Admin admin = Admin.create(config)) {
            Throwable failure =
                    catchThrowable(() -> admin.describeCluster().nodes().get(20, TimeUnit.SECONDS));
            return failure == null ? new AssertionError("connected") : failure.getCause();
        }
    }
}
