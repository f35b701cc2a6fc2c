package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker is killed while a blob goes up; everything acknowledged is there when it is back. */
@Tag("slow")
class BrokerKillIT {
    private static final AgentId AGENT = new AgentId("amazon");

    @TempDir
    Path directory;

    @Test
    void anUploadRidesOutAKilledBroker() throws Exception {
        byte[] content = new byte[30 << 20];
        new Random(3).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        BlobRef blob = Sha256.of(file);
        BlobStore store = new FileBlobStore(directory.resolve("coordinator"));
        try (BrokerProcess broker = new BrokerProcess(directory.resolve("kafka"))) {
            KafkaSettings settings =
                    KafkaSettings.of(broker.bootstrapServers(), "kill").withChunkBytes(200_000);
            try (KafkaCoordinatorTransport coordinator = new KafkaCoordinatorTransport(
                            settings, codec(Envelope.COORDINATOR), store, AssemblyLimits.DEFAULT, Clock.systemUTC());
                    KafkaAgentTransport agent = new KafkaAgentTransport(
                            settings, AGENT, codec(AGENT.value()), directory.resolve("agent"), Clock.systemUTC())) {
                coordinator.start(Map.of());
                BlobLocation published = coordinator.publish(blob, file);
                CountDownLatch third = new CountDownLatch(1);
                CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> {
                    agent.upload(blob, file, (bytes, total) -> {
                        if (bytes > total / 3) {
                            third.countDown();
                        }
                    });
                    agent.send("ready".getBytes(StandardCharsets.UTF_8));
                });
                assertThat(third.await(60, TimeUnit.SECONDS)).isTrue();
                broker.kill();
                broker.startAgain();
                upload.get(120, TimeUnit.SECONDS);
                assertThat(messages(coordinator)).containsExactly("ready");
                assertThat(store.path(blob)).hasSameBinaryContentAs(file);
                BlobStore mine = new FileBlobStore(directory.resolve("mine"));
                agent.download(published, mine, (bytes, total) -> {});
                assertThat(mine.path(blob)).hasSameBinaryContentAs(file);
            }
        }
    }

    private static List<String> messages(KafkaCoordinatorTransport coordinator) {
        List<String> texts = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (texts.isEmpty() && System.nanoTime() < end) {
            coordinator
                    .poll(Duration.ofSeconds(1))
                    .forEach(message -> texts.add(new String(message.signed(), StandardCharsets.UTF_8)));
        }
        return texts;
    }

    private static MessageCodec codec(String self) {
        return new ProtobufMessageCodec("kill", self, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
    }
}
