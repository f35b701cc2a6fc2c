package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.chunk.Chunking;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import dev.tributary.protocol.testing.TransportContract;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        return new KafkaAgentTransport(settings, id, codec(id), directory.resolve("agent-" + id), Clock.systemUTC());
    }

    private MessageCodec codec(AgentId id) {
        SigningIdentity identity = identities.computeIfAbsent(id, agent -> SigningIdentity.ephemeral());
        return new ProtobufMessageCodec(settings.federation(), id.value(), identity, PinnedKeys.inMemory());
    }

    @Override
    protected CoordinatorTransport connectCoordinator(BlobStore store) {
        MessageCodec codec = new ProtobufMessageCodec(
                settings.federation(), Envelope.COORDINATOR, coordinatorIdentity, coordinatorKeys);
        return new KafkaCoordinatorTransport(settings, codec, store, AssemblyLimits.DEFAULT, Clock.systemUTC());
    }

    /** Σ r·out and Σ r² over 16 modules are 2²⁰ elements here: 4 MiB of fp32. */
    @ParameterizedTest
    @CsvSource({"ffa, 4096, 32, 16", "fed-sb, 256, 256, 256"})
    void aRoundTakesTheBytesOfItsFormulaAndLessThanOnePercentMore(String method, int out, int in, int rank)
            throws Exception {
        settings = settings.withChunkBytes(Chunking.MAX_CHUNK_BYTES);
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        MethodRound round = MethodRound.of(method, new LinearShape(out, in), rank, AMAZON, directory.resolve(method));
        agent.upload(round.answer().tensors(), round.update(), (bytes, total) -> {});
        agent.send(codec(AMAZON)
                .seal(new Envelope(
                        settings.federation(),
                        AMAZON.value(),
                        Envelope.COORDINATOR,
                        1,
                        "",
                        Instant.now(),
                        new Message.UpdateReady(round.answer()))));
        long formula = 4L << 20;
        long up = receive(coordinator, 1).get(0).wireBytes();
        long down = 0;
        for (Path part : round.newParts()) {
            BlobLocation location = coordinator.publish(Sha256.of(part), part);
            down += agent.download(
                    location, new FileBlobStore(directory.resolve("store-" + AMAZON)), (bytes, total) -> {});
        }

        assertThat(up).isBetween(formula, formula + formula / 100);
        assertThat(down).isBetween(formula, formula + formula / 100);
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
