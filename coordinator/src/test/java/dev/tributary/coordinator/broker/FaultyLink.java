package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.broker.BrokerSettings.ExtraListener;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.AgentTransport.Received;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport.FromAgent;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import dev.tributary.protocol.testing.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A broker behind a proxy that misbehaves on demand: the agent comes through the proxy, the coordinator directly. */
abstract class FaultyLink {
    static final AgentId AGENT = new AgentId("amazon");
    static final int MEGABYTE = 1 << 20;
    private static final AtomicInteger FEDERATIONS = new AtomicInteger();

    @TempDir
    static Path data;

    static EmbeddedBroker broker;
    static FaultProxy proxy;

    @TempDir
    Path directory;

    private final SigningIdentity agentIdentity = SigningIdentity.ephemeral();
    private final SigningIdentity coordinatorIdentity = SigningIdentity.ephemeral();
    private final PinnedKeys coordinatorKeys = PinnedKeys.inMemory();
    private final List<AutoCloseable> opened = new ArrayList<>();
    String federation = "";
    BlobStore store;
    private int files;

    @BeforeAll
    static void startBroker() {
        int behind = BrokerSettings.freePorts(1)[0];
        proxy = new FaultProxy(0, behind);
        broker = EmbeddedBroker.start(
                BrokerSettings.onFreePorts(data).with(new ExtraListener("PROXIED", behind, proxy.port())));
    }

    @AfterAll
    static void stopBroker() {
        proxy.close();
        broker.close();
    }

    @BeforeEach
    void begin() {
        proxy.mend();
        federation = "fault-" + FEDERATIONS.incrementAndGet();
        store = new FileBlobStore(directory.resolve("coordinator"));
    }

    @AfterEach
    void closeAll() throws Exception {
        proxy.mend();
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    KafkaSettings settings() {
        return KafkaSettings.of(broker.bootstrapServers("PROXIED"), federation);
    }

    KafkaAgentTransport agent(KafkaSettings settings) {
        MessageCodec codec = new ProtobufMessageCodec(federation, AGENT.value(), agentIdentity, PinnedKeys.inMemory());
        KafkaAgentTransport agent =
                new KafkaAgentTransport(settings, AGENT, codec, directory.resolve("agent"), Clock.systemUTC());
        opened.add(agent);
        return agent;
    }

    KafkaCoordinatorTransport coordinator() {
        return coordinator(Map.of());
    }

    KafkaCoordinatorTransport coordinator(Map<AgentId, Long> positions) {
        MessageCodec codec =
                new ProtobufMessageCodec(federation, Envelope.COORDINATOR, coordinatorIdentity, coordinatorKeys);
        KafkaCoordinatorTransport coordinator = new KafkaCoordinatorTransport(
                KafkaSettings.of(broker.bootstrapServers(), federation),
                codec,
                store,
                AssemblyLimits.DEFAULT,
                Clock.systemUTC());
        coordinator.start(positions);
        opened.add(coordinator);
        return coordinator;
    }

    static void upload(KafkaAgentTransport agent, Path file) {
        try {
            agent.upload(Sha256.of(file), file, (bytes, total) -> {});
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void assertArrives(KafkaCoordinatorTransport coordinator, KafkaAgentTransport agent, Path file) throws Exception {
        agent.send(text("ready"));
        List<String> texts = new ArrayList<>();
        await(() -> {
            coordinator
                    .poll(Duration.ofMillis(200))
                    .forEach(message -> texts.add(new String(message.signed(), StandardCharsets.UTF_8)));
            return texts.contains("ready");
        });
        assertThat(store.path(Sha256.of(file))).hasSameBinaryContentAs(file);
    }

    static List<FromAgent> receive(KafkaCoordinatorTransport coordinator, int count) {
        List<FromAgent> received = new ArrayList<>();
        await(() -> {
            received.addAll(coordinator.poll(Duration.ofMillis(200)));
            return received.size() >= count;
        });
        return received;
    }

    static Received receiveCommand(KafkaAgentTransport agent) {
        List<Received> received = new ArrayList<>();
        await(() -> {
            received.addAll(agent.poll(Duration.ofMillis(200)));
            return !received.isEmpty();
        });
        assertThat(received).hasSize(1);
        return received.get(0);
    }

    long partFiles() {
        try (var all = Files.list(store.workDirectory())) {
            return all.filter(file -> file.toString().endsWith(".part")).count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Path file(int size) throws Exception {
        byte[] content = new byte[size];
        new Random(size + files).nextBytes(content);
        return Files.write(directory.resolve("file-" + files++), content);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Asks until it is so, at most two minutes. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
