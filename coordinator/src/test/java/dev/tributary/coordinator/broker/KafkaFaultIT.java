package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Transfers over a link that fails. */
@Tag("slow")
class KafkaFaultIT extends FaultyLink {

    @Test
    void aLinkCutAtSixtyPercentResendsLessThanFivePercent() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings());
        agent.send(text("hello"));
        Path file = file(50 * MEGABYTE);
        long before = proxy.bytesUp();
        proxy.cutAfterUp(30 * MEGABYTE);
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> upload(agent, file));
        await(proxy::isCut);
        proxy.mend();
        upload.get(120, TimeUnit.SECONDS);
        long sent = proxy.bytesUp() - before;
        assertThat(sent - Files.size(file)).isLessThan((long) (0.05 * Files.size(file)));
        assertArrives(coordinator, agent, file);
    }

    @Test
    void anAgentThatGivesUpAndStartsAgainSendsOnlyWhatIsMissing() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaSettings impatient = settings().withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(4));
        KafkaAgentTransport first = agent(impatient);
        first.send(text("hello"));
        Path file = file(20 * MEGABYTE);
        long before = proxy.bytesUp();
        proxy.cutAfterUp(12 * MEGABYTE);
        assertThatThrownBy(() -> upload(first, file))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("127.0.0.1:" + proxy.port())
                .hasMessageContaining("Check that the broker runs");
        first.close();
        proxy.mend();
        KafkaAgentTransport second = agent(settings());
        upload(second, file);
        long sent = proxy.bytesUp() - before;
        assertThat(sent - Files.size(file))
                .isLessThan((long) (0.12 * Files.size(file))); // two chunks were on their way
        assertArrives(coordinator, second, file);
    }

    @Test
    void aTransportThatTimedOutIsOfUseAgainWhenTheLinkIsMended() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings().withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(4)));
        agent.send(text("hello"));
        agent.poll(Duration.ofMillis(100));
        Path file = file(6 * MEGABYTE);
        proxy.cutAfterUp(3 * MEGABYTE);
        assertThatThrownBy(() -> upload(agent, file)).isInstanceOf(TransportException.class);
        assertThatThrownBy(() -> agent.send(text("lost"))).isInstanceOf(TransportException.class);
        assertThat(agent.poll(Duration.ofMillis(100))).isEmpty();
        proxy.mend();
        upload(agent, file);
        assertArrives(coordinator, agent, file);
        coordinator.send(AGENT, text("command"));
        assertThat(receiveCommand(agent).signed()).isEqualTo(text("command"));
    }

    @Test
    void anAgentMakesItsTopicsAgainWhenTheBrokerLostThem() throws Exception {
        KafkaAgentTransport agent = agent(settings().withTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(5)));
        KafkaCoordinatorTransport before = coordinator();
        agent.send(text("hello"));
        before.send(AGENT, text("old command"));
        agent.acknowledge(receiveCommand(agent).position());
        before.close();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(
                            "tributary." + federation + ".up.amazon", "tributary." + federation + ".down.amazon"))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> agent.send(text("lost"))).isInstanceOf(TransportException.class);
        Path file = file(MEGABYTE);
        upload(agent, file);
        KafkaCoordinatorTransport after = coordinator();
        assertArrives(after, agent, file);
        after.send(AGENT, text("new command"));
        assertThat(receiveCommand(agent).signed()).isEqualTo(text("new command"));
    }

    @Test
    void aSlowLinkWithCutsCompletes() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings().withChunkBytes(200_000));
        agent.send(text("hello"));
        Path file = file(3 * MEGABYTE);
        proxy.throttle(250_000); // 2 Mbit/s
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> upload(agent, file));
        for (int cut = 0; cut < 3; cut++) {
            long from = proxy.bytesUp();
            await(() -> proxy.bytesUp() - from > 700_000 || upload.isDone());
            proxy.reset();
        }
        upload.get(120, TimeUnit.SECONDS);
        proxy.mend();
        assertArrives(coordinator, agent, file);
    }

    @Test
    void aStalledLinkGoesOnWhenItMoves() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings());
        agent.send(text("hello"));
        Path file = file(8 * MEGABYTE);
        AtomicBoolean stalled = new AtomicBoolean();
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> {
            try {
                agent.upload(Sha256.of(file), file, (bytes, total) -> {
                    if (stalled.compareAndSet(false, true)) {
                        proxy.stall();
                    }
                });
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await(stalled::get);
        long stuckAt = proxy.bytesUp();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2)); // the time the link is dead
        assertThat(proxy.bytesUp()).isLessThanOrEqualTo(stuckAt + MEGABYTE);
        assertThat(upload).isNotDone();
        proxy.mend();
        upload.get(120, TimeUnit.SECONDS);
        assertArrives(coordinator, agent, file);
    }

    @Test
    void aBrokerRestartInMidUploadLosesNothing() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings().withChunkBytes(100_000));
        agent.send(text("hello"));
        Path file = file(20 * MEGABYTE);
        AtomicLong moved = new AtomicLong();
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> {
            try {
                agent.upload(Sha256.of(file), file, (bytes, total) -> moved.set(bytes));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await(() -> moved.get() > 4 * MEGABYTE);
        broker.restart();
        upload.get(120, TimeUnit.SECONDS);
        assertArrives(coordinator, agent, file);
    }

    @Test
    void aCoordinatorRestartInMidUploadLosesNothing() throws Exception {
        KafkaCoordinatorTransport first = coordinator();
        KafkaAgentTransport agent = agent(settings());
        agent.send(text("hello"));
        long position = receive(first, 1).get(0).resumeFrom();
        Path file = file(12 * MEGABYTE);
        proxy.throttle(4 * MEGABYTE);
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> upload(agent, file));
        await(() -> {
            first.poll(Duration.ofMillis(50));
            return partFiles() > 0;
        });
        first.close();
        KafkaCoordinatorTransport second = coordinator(Map.of(AGENT, position));
        upload.get(120, TimeUnit.SECONDS);
        proxy.mend();
        assertArrives(second, agent, file);
        assertThat(partFiles()).isZero();
    }

    @Test
    void aFetchThatIsCutGoesOnWhereItStood() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        Path file = file(20 * MEGABYTE);
        BlobRef blob = Sha256.of(file);
        BlobLocation location = coordinator.publish(blob, file);
        BlobStore mine = new FileBlobStore(directory.resolve("mine"));
        KafkaSettings impatient = settings().withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(4));
        KafkaAgentTransport first = agent(impatient);
        AtomicLong moved = new AtomicLong();
        proxy.cutAfterDown(12 * MEGABYTE);
        assertThatThrownBy(() -> first.download(location, mine, (bytes, total) -> moved.set(bytes)))
                .isInstanceOf(TransportException.class);
        first.close();
        proxy.mend();
        assertThat(moved.get()).isBetween(4L * MEGABYTE, 13L * MEGABYTE);
        long rest = agent(settings()).download(location, mine, (bytes, total) -> {});
        assertThat(rest).isEqualTo(Files.size(file) - moved.get());
        assertThat(mine.path(blob)).hasSameBinaryContentAs(file);
    }

    @Test
    void aBlobWhoseChunksAreGoneIsToldAtOnce() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        Path old = file(3 * MEGABYTE);
        BlobLocation gone = coordinator.publish(Sha256.of(old), old);
        Path live = file(MEGABYTE);
        coordinator.discard(Map.of(), List.of(coordinator.publish(Sha256.of(live), live)));
        BlobStore mine = new FileBlobStore(directory.resolve("mine"));
        KafkaAgentTransport agent = agent(settings());
        assertThatThrownBy(() -> agent.download(gone, mine, (bytes, total) -> {}))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("not whole")
                .hasMessageContaining("chunk 0");
    }

    @Test
    void junkOnAnUplinkIsDroppedAndCountedAndHarmsNothing() throws Exception {
        KafkaCoordinatorTransport coordinator = coordinator();
        KafkaAgentTransport agent = agent(settings());
        agent.send(text("hello"));
        receive(coordinator, 1);
        try (KafkaProducer<byte[], byte[]> vandal = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            Random random = new Random(1);
            for (int i = 0; i < 30; i++) {
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>("tributary." + federation + ".up.amazon", 0, null, new byte[100]);
                for (String name : List.of("schema", "kind", "blob", "size", "chunk", "index", "count", "sha256")) {
                    byte[] value = new byte[random.nextInt(3) == 0 ? random.nextInt(40) : name.length() > 4 ? 32 : 4];
                    random.nextBytes(value);
                    record.headers().add(name, i % 2 == 0 && name.equals("schema") ? new byte[] {0, 0, 0, 1} : value);
                }
                vandal.send(record).get(20, TimeUnit.SECONDS);
            }
            vandal.send(new ProducerRecord<>("tributary." + federation + ".up.amazon", 0, null, null))
                    .get(20, TimeUnit.SECONDS);
        }
        Path file = file(MEGABYTE);
        upload(agent, file);
        assertArrives(coordinator, agent, file);
        assertThat(coordinator.junkFrom(AGENT)).isEqualTo(31);
    }

    @Test
    void aBrokerThatIsNotThereIsNamedWithinTheBound() {
        int nobody = BrokerSettings.freePorts(1)[0];
        KafkaSettings settings = KafkaSettings.of("127.0.0.1:" + nobody, federation)
                .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(3));
        KafkaAgentTransport agent = agent(settings);
        long start = System.nanoTime();
        assertThatThrownBy(() -> agent.send(text("hello")))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("127.0.0.1:" + nobody)
                .hasMessageContaining("Check that the broker runs");
        assertThatThrownBy(() -> agent.poll(Duration.ofMillis(10))).isInstanceOf(TransportException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anAddressThatIsNoAddressIsNamed() {
        KafkaAgentTransport agent = agent(KafkaSettings.of("nonsense", federation));
        assertThatThrownBy(() -> agent.send(text("hello")))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("'nonsense'")
                .hasMessageContaining("host:port");
    }
}
