package dev.tributary.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.AgentTransport.Received;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.CoordinatorTransport.FromAgent;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What coordinator and agents may rely on, whatever carries their messages. */
public abstract class TransportContract {
    protected static final AgentId AMAZON = new AgentId("amazon");
    protected static final AgentId IMDB = new AgentId("imdb");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    protected Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private int files;

    /** A new connection of an agent, which remembers what an earlier one acknowledged. */
    protected abstract AgentTransport connectAgent(AgentId id) throws Exception;

    /** A new connection of the coordinator. */
    protected abstract CoordinatorTransport connectCoordinator(BlobStore store) throws Exception;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void messagesOfAnAgentArriveInOrderAndOnce() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sent.add("m" + i);
            agent.send(bytes("m" + i));
        }
        assertThat(texts(receive(coordinator, 50))).isEqualTo(sent);
        assertThat(coordinator.poll(SHORT)).isEmpty();
    }

    @Test
    void everyAgentsMessagesComeUnderItsName() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        agent(AMAZON).send(bytes("from amazon"));
        agent(IMDB).send(bytes("from imdb"));
        for (FromAgent message : receive(coordinator, 2)) {
            assertThat(text(message.signed())).isEqualTo("from " + message.agent());
        }
    }

    @Test
    void anAgentThatAppearsLaterIsHeard() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        agent(AMAZON).send(bytes("one"));
        receive(coordinator, 1);
        agent(IMDB).send(bytes("two"));
        assertThat(receive(coordinator, 1).get(0).agent()).isEqualTo(IMDB);
    }

    @Test
    void commandsReachTheirAgentAlone() throws Exception {
        AgentTransport amazon = agent(AMAZON);
        AgentTransport imdb = agent(IMDB);
        amazon.poll(Duration.ZERO);
        imdb.poll(Duration.ZERO);
        CoordinatorTransport coordinator = started(Map.of());
        coordinator.send(AMAZON, bytes("a1"));
        coordinator.send(IMDB, bytes("i1"));
        coordinator.send(AMAZON, bytes("a2"));
        assertThat(commands(amazon, 2)).containsExactly("a1", "a2");
        assertThat(commands(imdb, 1)).containsExactly("i1");
        assertThat(imdb.poll(SHORT)).isEmpty();
    }

    @Test
    void acknowledgedCommandsDoNotComeAgainAndOthersDo() throws Exception {
        AgentTransport first = agent(AMAZON);
        first.poll(Duration.ZERO);
        CoordinatorTransport coordinator = started(Map.of());
        for (String command : List.of("c1", "c2", "c3")) {
            coordinator.send(AMAZON, bytes(command));
        }
        List<Received> received = new ArrayList<>();
        while (received.size() < 3) {
            received.addAll(first.poll(PATIENCE));
        }
        first.acknowledge(received.get(1).position());
        first.close();
        assertThat(commands(agent(AMAZON), 1)).containsExactly("c3");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1000, 1001, 2500, 100_000})
    void anUploadedBlobIsInTheStoreWhenTheMessageAfterItArrives(int size) throws Exception {
        BlobStore store = new FileBlobStore(directory.resolve("coordinator"));
        CoordinatorTransport coordinator = started(store, Map.of());
        AgentTransport agent = agent(AMAZON);
        Path file = file(size);
        BlobRef blob = Sha256.of(file);
        AtomicLong told = new AtomicLong(-1);
        agent.upload(blob, file, (bytes, total) -> told.set(bytes));
        agent.send(bytes("ready"));
        FromAgent message = receive(coordinator, 1).get(0);
        assertThat(store.path(blob)).hasSameBinaryContentAs(file);
        assertThat(message.wireBytes()).isGreaterThanOrEqualTo(size + 5L);
        if (size > 0) {
            assertThat(told).hasValue(size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 1001, 100_000})
    void aPublishedBlobCanBeFetchedByEveryAgentOnce(int size) throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        Path before = file(3000);
        coordinator.publish(Sha256.of(before), before);
        Path file = file(size);
        BlobRef blob = Sha256.of(file);
        BlobLocation location = coordinator.publish(blob, file);
        Path after = file(10);
        coordinator.publish(Sha256.of(after), after);
        for (AgentId id : List.of(AMAZON, IMDB)) {
            BlobStore store = new FileBlobStore(directory.resolve("store-" + id));
            AgentTransport agent = agent(id);
            assertThat(agent.download(location, store, (bytes, total) -> {})).isEqualTo(size);
            assertThat(store.path(blob)).hasSameBinaryContentAs(file);
            assertThat(agent.download(location, store, (bytes, total) -> {})).isZero();
        }
    }

    @Test
    void aRestartedCoordinatorGoesOnAfterTheLastMessageItDealtWith() throws Exception {
        AgentTransport agent = agent(AMAZON);
        agent.send(bytes("one"));
        agent.send(bytes("two"));
        agent.send(bytes("three"));
        CoordinatorTransport first = started(Map.of());
        List<FromAgent> received = receive(first, 3);
        first.close();
        CoordinatorTransport second = started(Map.of(AMAZON, received.get(1).resumeFrom()));
        assertThat(texts(receive(second, 1))).containsExactly("three");
    }

    @Test
    void aBlobWhoseMessageWasNotDealtWithIsThereAfterARestart() throws Exception {
        AgentTransport agent = agent(AMAZON);
        agent.send(bytes("hello"));
        BlobStore store = new FileBlobStore(directory.resolve("coordinator"));
        CoordinatorTransport first = started(store, Map.of());
        long position = receive(first, 1).get(0).resumeFrom();
        Path file = file(5000);
        agent.upload(Sha256.of(file), file, (bytes, total) -> {});
        agent.send(bytes("ready"));
        receive(first, 1);
        first.close();
        CoordinatorTransport second = started(store, Map.of(AMAZON, position));
        assertThat(texts(receive(second, 1))).containsExactly("ready");
        assertThat(store.has(Sha256.of(file))).isTrue();
    }

    @Test
    void uploadingTheSameBlobAgainDoesNoHarm() throws Exception {
        BlobStore store = new FileBlobStore(directory.resolve("coordinator"));
        CoordinatorTransport coordinator = started(store, Map.of());
        AgentTransport agent = agent(AMAZON);
        Path file = file(5000);
        BlobRef blob = Sha256.of(file);
        agent.upload(blob, file, (bytes, total) -> {});
        agent.upload(blob, file, (bytes, total) -> {});
        agent.forgetUpload(blob);
        agent.upload(blob, file, (bytes, total) -> {});
        agent.send(bytes("ready"));
        receive(coordinator, 1);
        assertThat(store.path(blob)).hasSameBinaryContentAs(file);
    }

    @Test
    void twoAgentsMayUploadTheSameBlobAtOnce() throws Exception {
        BlobStore store = new FileBlobStore(directory.resolve("coordinator"));
        CoordinatorTransport coordinator = started(store, Map.of());
        Path file = file(50_000);
        BlobRef blob = Sha256.of(file);
        List<CompletableFuture<Void>> uploads = new ArrayList<>();
        for (AgentId id : List.of(AMAZON, IMDB)) {
            AgentTransport agent = agent(id);
            uploads.add(CompletableFuture.runAsync(() -> {
                agent.upload(blob, file, (bytes, total) -> {});
                agent.send(bytes("ready"));
            }));
        }
        receive(coordinator, 2);
        for (CompletableFuture<Void> upload : uploads) {
            upload.get(60, TimeUnit.SECONDS);
        }
        assertThat(store.path(blob)).hasSameBinaryContentAs(file);
    }

    @Test
    void discardingWhatWasDealtWithKeepsTheRest() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        agent.send(bytes("one"));
        agent.send(bytes("two"));
        List<FromAgent> received = receive(coordinator, 2);
        Path old = file(4000);
        Path live = file(4000);
        coordinator.publish(Sha256.of(old), old);
        BlobLocation location = coordinator.publish(Sha256.of(live), live);
        coordinator.discard(Map.of(AMAZON, received.get(0).resumeFrom()), List.of(location));
        coordinator.close();
        assertThat(texts(receive(started(Map.of(AMAZON, received.get(0).resumeFrom())), 1)))
                .containsExactly("two");
        BlobStore store = new FileBlobStore(directory.resolve("agent"));
        agent.download(location, store, (bytes, total) -> {});
        assertThat(store.path(location.blob())).hasSameBinaryContentAs(live);
    }

    @Test
    void pollingReturnsAfterItsTimeout() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        agent.poll(Duration.ZERO); // connects
        long start = System.nanoTime();
        assertThat(coordinator.poll(SHORT)).isEmpty();
        assertThat(agent.poll(SHORT)).isEmpty();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertThat(millis).isBetween(550L, 20_000L);
    }

    @Test
    void aClosedTransportRefusesToSend() throws Exception {
        AgentTransport agent = agent(AMAZON);
        agent.send(bytes("one"));
        agent.close();
        assertThatThrownBy(() -> agent.send(bytes("two"))).isInstanceOf(TransportException.class);
    }

    @Test
    void closingEndsAPollOfAnotherThread() throws Exception {
        AgentTransport agent = agent(AMAZON);
        agent.poll(Duration.ZERO);
        CompletableFuture<List<Received>> polling = CompletableFuture.supplyAsync(() -> agent.poll(PATIENCE));
        agent.close();
        polling.handle((received, failure) -> true).get(10, TimeUnit.SECONDS);
    }

    protected AgentTransport agent(AgentId id) throws Exception {
        AgentTransport agent = connectAgent(id);
        opened.add(agent);
        return agent;
    }

    protected CoordinatorTransport started(Map<AgentId, Long> positions) throws Exception {
        return started(new FileBlobStore(directory.resolve("coordinator")), positions);
    }

    protected CoordinatorTransport started(BlobStore store, Map<AgentId, Long> positions) throws Exception {
        CoordinatorTransport coordinator = connectCoordinator(store);
        opened.add(coordinator);
        coordinator.start(positions);
        return coordinator;
    }

    protected static List<FromAgent> receive(CoordinatorTransport coordinator, int count) {
        List<FromAgent> received = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (received.size() < count && System.nanoTime() < end) {
            received.addAll(coordinator.poll(Duration.ofSeconds(1)));
        }
        assertThat(received).hasSize(count);
        return received;
    }

    protected static List<String> commands(AgentTransport agent, int count) {
        List<String> received = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (received.size() < count && System.nanoTime() < end) {
            agent.poll(Duration.ofSeconds(1)).forEach(one -> received.add(text(one.signed())));
        }
        return received;
    }

    /** A file of random bytes, another one at every call. */
    protected Path file(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size * 31L + files).nextBytes(content);
        return Files.write(directory.resolve("file-" + files++), content);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static List<String> texts(List<FromAgent> messages) {
        return messages.stream().map(message -> text(message.signed())).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
