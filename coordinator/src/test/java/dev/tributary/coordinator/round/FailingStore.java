package dev.tributary.coordinator.round;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.coordinator.log.OutboxRow;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.coordinator.log.StoredEvent;
import dev.tributary.coordinator.log.UplinkMark;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.chain.ChainHead;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.springframework.dao.DataAccessResourceFailureException;

/** A store that loses the answers of some appends: they are committed, and the caller is told that the link broke. */
final class FailingStore implements EventStore {

    private final EventStore store;
    private final int every;
    private final AtomicInteger appends = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    /** @param every how many appends lie between two whose answer is lost */
    FailingStore(EventStore store, int every) {
        this.store = store;
        this.every = every;
    }

    int lost() {
        return lost.get();
    }

    @Override
    public List<RecordedEvent> append(
            List<Append> appended, List<OutboxEntry> outbox, Map<AgentId, UplinkMark> marks, Instant at) {
        List<RecordedEvent> recorded = store.append(appended, outbox, marks, at);
        if (appends.incrementAndGet() % every == 0) {
            lost.incrementAndGet();
            throw new DataAccessResourceFailureException("the connection broke after the commit");
        }
        return recorded;
    }

    @Override
    public List<RecordedEvent> read(String stream, long seq, int limit) {
        return store.read(stream, seq, limit);
    }

    @Override
    public List<StoredEvent> stored(String stream, long seq, int limit) {
        return store.stored(stream, seq, limit);
    }

    @Override
    public List<String> streams() {
        return store.streams();
    }

    @Override
    public Map<AgentId, UplinkMark> uplinks() {
        return store.uplinks();
    }

    @Override
    public List<OutboxRow> unsent(int limit) {
        return store.unsent(limit);
    }

    @Override
    public List<byte[]> sealed(List<OutboxRow> rows, BiFunction<OutboxRow, ChainHead, byte[]> sign) {
        return store.sealed(rows, sign);
    }

    @Override
    public void removeSent(Collection<Long> outboxIds) {
        store.removeSent(outboxIds);
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public String verify(String stream) {
        return store.verify(stream);
    }
}
