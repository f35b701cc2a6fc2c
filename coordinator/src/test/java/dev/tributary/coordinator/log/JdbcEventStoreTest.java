package dev.tributary.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.round.Database;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.chain.ChainHead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcEventStoreTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final AgentId SITE = Jobs.SITES.get(0);
    private static final Duration LEASE = Duration.ofMillis(900);
    private static final Event FAILED = new JobEvent.JobFailed("gone");
    private static final OutboxEntry CANCEL =
            new OutboxEntry(SITE, new Message.Cancel(Jobs.ID, "plan-1", "not needed", 0));

    @TempDir
    Path directory;

    private Database database;
    private EventStore store;

    @BeforeEach
    void open() {
        database = database(directory);
        store = database.store();
    }

    /** The database of {@code directory}, new at first. */
    Database database(Path directory) {
        return new Database(directory);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<RecordedEvent> append(EventStore to, long expected, Event... events) {
        return to.append(List.of(new Append("s", expected, List.of(events))), List.of(), Map.of(), NOW);
    }

    @Test
    void eventsAreReadAsTheyWereAppended() {
        List<RecordedEvent> appended = append(store, 0, FAILED, new JobEvent.JobCompleted(3));

        assertThat(store.read("s", 0, 10)).isEqualTo(appended);
        assertThat(appended).extracting(RecordedEvent::seq).containsExactly(1L, 2L);
        assertThat(appended).extracting(RecordedEvent::at).containsOnly(NOW);
        assertThat(store.read("s", 1, 10)).isEqualTo(appended.subList(1, 2));
        assertThat(store.streams()).containsExactly("s");
    }

    @Test
    void aStreamThatMovedOnIsNotAppendedTo() {
        append(store, 0, FAILED);

        assertThatThrownBy(() -> append(store, 0, new JobEvent.JobCompleted(3))).isInstanceOf(ConflictException.class);
        assertThat(store.read("s", 0, 10)).hasSize(1);
    }

    @Test
    void anAppendWhoseAnswerWasLostIsKnownWhenItComesAgain() {
        List<Append> appends = List.of(
                new Append("a", 0, List.of(FAILED)),
                new Append("b", 0, List.of(FAILED)),
                new Append("a", 1, List.of(new JobEvent.JobCompleted(3))));
        List<RecordedEvent> first = store.append(appends, List.of(CANCEL), Map.of(SITE, mark(9)), NOW);

        assertThat(store.append(appends, List.of(CANCEL), Map.of(SITE, mark(9)), NOW))
                .isEqualTo(first);
        assertThat(store.read("a", 0, 10)).hasSize(2);
        assertThat(store.unsent(10)).hasSize(1);
        assertThatThrownBy(() -> store.append(appends, List.of(), Map.of(), NOW.plusMillis(1)))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void anOlderLeaderIsRefused() {
        EventStore newer = database.store();

        assertThat(newer.epoch()).isEqualTo(store.epoch() + 1);
        assertThatThrownBy(() -> append(store, 0, FAILED))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("epoch");
        append(newer, 0, FAILED);
        assertThat(newer.read("s", 0, 10)).extracting(RecordedEvent::epoch).containsExactly(newer.epoch());
    }

    @Test
    void aLeaderThatStandsStillIsReplacedAfterTheLease() throws InterruptedException {
        long begin = System.nanoTime();
        try (Leadership next = Leadership.await(database.jdbc(), "second", LEASE, NOW)) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(LEASE);
            assertThat(next.epoch()).isEqualTo(store.epoch() + 1);
        }
        assertThatThrownBy(() -> append(store, 0, FAILED)).isInstanceOf(ConflictException.class);
    }

    @Test
    void aLivingLeaderIsNotReplacedUntilItGivesItsPlaceUp() throws Exception {
        Leadership first = Leadership.await(database.jdbc(), "test", LEASE, NOW); // its own name: at once
        CompletableFuture<Leadership> second = CompletableFuture.supplyAsync(() -> {
            try {
                return Leadership.await(database.jdbc(), "second", LEASE, NOW);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> second.get(3 * LEASE.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);

        first.close();

        try (Leadership next = second.get(30, TimeUnit.SECONDS)) {
            assertThat(next.epoch()).isEqualTo(first.epoch() + 1);
        }
    }

    @Test
    void nothingIsStoredWhenOnePartIsRefused() {
        List<Append> appends = List.of(new Append("a", 0, List.of(FAILED)), new Append("b", 5, List.of(FAILED)));

        assertThatThrownBy(() -> store.append(appends, List.of(CANCEL), Map.of(SITE, mark(9)), NOW))
                .isInstanceOf(ConflictException.class);
        assertThat(store.streams()).isEmpty();
        assertThat(store.unsent(10)).isEmpty();
        assertThat(store.uplinks()).isEmpty();
    }

    @Test
    void outboxMessagesStayUntilTheyAreRemovedAsSent() {
        store.append(List.of(), List.of(CANCEL, CANCEL), Map.of(), NOW);
        List<OutboxRow> rows = store.unsent(10);

        assertThat(rows).extracting(OutboxRow::message).containsOnly(CANCEL.message());
        assertThat(rows.get(1).id()).isGreaterThan(rows.get(0).id());
        store.removeSent(List.of(rows.get(0).id()));
        assertThat(store.unsent(10)).containsExactly(rows.get(1));
    }

    @Test
    void outboxIdsGrowOverARestart() {
        store.append(List.of(), List.of(CANCEL), Map.of(), NOW);
        long before = store.unsent(1).get(0).id();
        store.removeSent(List.of(before));
        database.close();
        open();
        store.append(List.of(), List.of(CANCEL), Map.of(), NOW);

        assertThat(store.unsent(1).get(0).id()).isGreaterThan(before);
    }

    @Test
    void uplinkMarksAreKeptPerAgent() {
        store.append(List.of(), List.of(), Map.of(SITE, mark(4), Jobs.SITES.get(1), mark(7)), NOW);
        store.append(List.of(), List.of(), Map.of(SITE, mark(5)), NOW);

        assertThat(store.uplinks()).containsEntry(SITE, mark(5)).containsEntry(Jobs.SITES.get(1), mark(7));
    }

    private static UplinkMark mark(long position) {
        return new UplinkMark(position, ChainHead.of(position + 1, new byte[] {(byte) position}), "ab");
    }

    @Test
    void messagesToAnAgentAreChainedAndSealedOnce() {
        OutboxEntry elsewhere = new OutboxEntry(Jobs.SITES.get(1), CANCEL.message());
        store.append(List.of(), List.of(CANCEL, elsewhere, CANCEL), Map.of(), NOW);
        List<OutboxRow> rows = store.unsent(10);
        BiFunction<OutboxRow, ChainHead, byte[]> sign =
                (row, head) -> ("after " + head.sequence()).getBytes(StandardCharsets.UTF_8);

        assertThat(store.sealed(rows, sign)).extracting(String::new).containsExactly("after 0", "after 0", "after 1");
        database.close();
        open();
        assertThat(store.sealed(rows.subList(2, 3), (row, head) -> new byte[] {9}))
                .as("same bytes after a restart")
                .extracting(String::new)
                .containsExactly("after 1");
    }

    @Test
    void aDeposedLeaderSignsNothing() {
        store.append(List.of(), List.of(CANCEL), Map.of(), NOW);
        OutboxRow row = store.unsent(1).get(0);
        EventStore old = store;
        store = database.store();

        assertThatThrownBy(() -> old.sealed(List.of(row), (r, head) -> new byte[] {1}))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void theHashChainHoldsAndShowsAChangedByte() {
        append(store, 0, FAILED, FAILED, FAILED);
        assertThat(store.verify("s")).isEmpty();

        database.jdbc()
                .sql("update events set body = ? where seq = 2")
                .param("{\"reason\":\"Gone\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .update();

        assertThat(store.verify("s")).contains("event 2");
    }

    @Test
    void anEventTypeOfANewerVersionIsNamed() {
        append(store, 0, FAILED);
        database.jdbc().sql("update events set event_type = 'job-teleported'").update();

        assertThatThrownBy(() -> store.read("s", 0, 10)).hasMessageContaining("job-teleported");
    }

    @Test
    void fieldsOfANewerVersionAreSkipped() {
        EventCodec codec = new EventCodec(JobEvent.TYPES);
        byte[] body = "{\"reason\":\"gone\",\"since\":{\"x\":[1]}}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(codec.decode("job-failed", body, "test")).isEqualTo(FAILED);
    }

    @Test
    void manyThreadsAppendToStreamsOfTheirOwn() {
        CompletableFuture.allOf(IntStream.range(0, 4)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> {
                            for (int n = 0; n < 20; n++) {
                                store.append(
                                        List.of(new Append("s" + i, n, List.of(FAILED))),
                                        List.of(CANCEL),
                                        Map.of(),
                                        NOW);
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();

        for (int i = 0; i < 4; i++) {
            assertThat(store.verify("s" + i)).isEmpty();
            assertThat(store.read("s" + i, 0, 100)).hasSize(20);
        }
        assertThat(store.unsent(100)).hasSize(80);
    }
}
