package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import dev.tributary.protocol.testing.TransportContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The transport's contract on a real broker, with chunks of 1,000 bytes; every test has a federation of its own. */
abstract class KafkaTransportContract extends TransportContract {
    private static final AtomicInteger FEDERATIONS = new AtomicInteger();

    private final PinnedKeys coordinatorKeys = PinnedKeys.inMemory();
    private final SigningIdentity coordinatorIdentity = SigningIdentity.ephemeral();
    private final Map<AgentId, SigningIdentity> identities = new HashMap<>();
    private KafkaSettings settings;

    /** Where the broker listens. */
    abstract String bootstrapServers();

    @BeforeEach
    void nameFederation() {
        settings = KafkaSettings.of(bootstrapServers(), "test-" + FEDERATIONS.incrementAndGet())
                .withChunkBytes(1000);
    }

    @Override
    protected AgentTransport connectAgent(AgentId id) {
        SigningIdentity identity = identities.computeIfAbsent(id, agent -> SigningIdentity.ephemeral());
        MessageCodec codec =
                new ProtobufMessageCodec(settings.federation(), id.value(), identity, PinnedKeys.inMemory());
        return new KafkaAgentTransport(settings, id, codec, directory.resolve("agent-" + id), Clock.systemUTC());
    }

    @Override
    protected CoordinatorTransport connectCoordinator(BlobStore store) {
        MessageCodec codec = new ProtobufMessageCodec(
                settings.federation(), Envelope.COORDINATOR, coordinatorIdentity, coordinatorKeys);
        return new KafkaCoordinatorTransport(settings, codec, store, AssemblyLimits.DEFAULT, Clock.systemUTC());
    }

    @Test
    void aBlobThatTheBrokerHasIsNotSentTwiceEvenByAnotherProcess() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        Path file = file(50_000);
        BlobRef blob = Sha256.of(file);
        AgentTransport first = agent(AMAZON);
        first.upload(blob, file, (bytes, total) -> {});
        first.send(bytes("once"));
        assertThat(receive(coordinator, 1).get(0).wireBytes()).isBetween(50_000L, 70_000L);
        first.close();
        AgentTransport second = agent(AMAZON);
        second.upload(blob, file, (bytes, total) -> {});
        second.send(bytes("twice"));
        assertThat(receive(coordinator, 1).get(0).wireBytes()).isLessThan(1000);
        second.forgetUpload(blob);
        second.upload(blob, file, (bytes, total) -> {});
        second.send(bytes("thrice"));
        assertThat(receive(coordinator, 1).get(0).wireBytes()).isGreaterThan(50_000);
    }
}
