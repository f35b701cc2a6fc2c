package dev.tributary.coordinator.log;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.chain.ChainHead;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The log in a relational database (H2 or PostgreSQL), written by the leader of one epoch. */
public final class JdbcEventStore implements EventStore {

    private static final byte[] UNSIGNED = {};

    private final JdbcClient jdbc;
    private final LeaderTransaction leader;
    private final EventCodec codec;
    private final long epoch;

    private record Head(long seq, String hash) {}

    public JdbcEventStore(JdbcClient jdbc, LeaderTransaction leader, EventCodec codec) {
        this.jdbc = jdbc;
        this.leader = leader;
        this.codec = codec;
        this.epoch = leader.epoch();
    }

    @Override
    public List<RecordedEvent> append(
            List<Append> appends, List<OutboxEntry> outbox, Map<AgentId, UplinkMark> marks, Instant at) {
        try {
            return leader.execute(() -> appendInTransaction(appends, outbox, marks, at));
        } catch (DuplicateKeyException e) {
            throw new ConflictException("another writer appended first to one of "
                    + appends.stream().map(Append::stream).toList());
        }
    }

    private List<RecordedEvent> appendInTransaction(
            List<Append> appends, List<OutboxEntry> outbox, Map<AgentId, UplinkMark> marks, Instant at) {
        List<RecordedEvent> recorded = new ArrayList<>();
        Map<String, Head> heads = new HashMap<>();
        for (Append append : appends) {
            Head head = heads.computeIfAbsent(append.stream(), this::head);
            if (head.seq() != append.expectedSeq()) {
                if (recorded.isEmpty() && isStored(append, at)) {
                    return appends.stream().flatMap(this::asRecorded).toList();
                }
                throw new ConflictException("stream " + append.stream() + " is at " + head.seq()
                        + ", the writer expected " + append.expectedSeq());
            }
            for (Event event : append.events()) {
                RecordedEvent next = insert(append.stream(), head, event, at);
                recorded.add(next);
                head = new Head(next.seq(), next.hash());
            }
            heads.put(append.stream(), head);
        }
        for (OutboxEntry entry : outbox) {
            jdbc.sql("insert into outbox (destination, kind, body, created_millis) values (?, ?, ?, ?)")
                    .params(
                            entry.to().value(),
                            EventCodec.kind(entry.message()),
                            EventCodec.encode(entry.message()),
                            at.toEpochMilli())
                    .update();
        }
        marks.forEach(this::saveMark);
        return recorded;
    }

    /**
     * Whether this append is there already: its commit succeeded and the answer was lost. Nobody else writes in this
     * epoch, and an append is stored as a whole, so its first events speak for all.
     */
    private boolean isStored(Append append, Instant at) {
        List<StoredEvent> there =
                stored(append.stream(), append.expectedSeq(), append.events().size());
        if (there.isEmpty() || there.size() != append.events().size()) {
            return false;
        }
        for (int i = 0; i < there.size(); i++) {
            StoredEvent known = there.get(i);
            Event event = append.events().get(i);
            String body = new String(codec.encode(event), StandardCharsets.UTF_8);
            if (known.epoch() != epoch
                    || known.atMillis() != at.toEpochMilli()
                    || !known.type().equals(codec.type(event))
                    || !known.body().equals(body)) {
                return false;
            }
        }
        return true;
    }

    private Stream<RecordedEvent> asRecorded(Append append) {
        return append.events().isEmpty()
                ? Stream.empty()
                : read(append.stream(), append.expectedSeq(), append.events().size()).stream();
    }

    private RecordedEvent insert(String stream, Head head, Event event, Instant at) {
        long seq = head.seq() + 1;
        String type = codec.type(event);
        byte[] body = codec.encode(event);
        String hash = HashChain.next(head.hash(), stream, seq, epoch, at.toEpochMilli(), type, body);
        jdbc.sql("insert into events (stream, seq, epoch, at_millis, event_type, body, prev_hash, hash)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)")
                .params(stream, seq, epoch, at.toEpochMilli(), type, body, head.hash(), hash)
                .update();
        return new RecordedEvent(stream, seq, epoch, Instant.ofEpochMilli(at.toEpochMilli()), type, event, hash);
    }

    private void saveMark(AgentId agent, UplinkMark mark) {
        int updated = jdbc.sql("update uplink_positions set position = ?, sequence = ?, hash = ?, signing_key = ?"
                        + " where agent = ?")
                .params(mark.position(), mark.head().sequence(), mark.head().hash(), mark.key(), agent.value())
                .update();
        if (updated == 0) {
            jdbc.sql("insert into uplink_positions (agent, position, sequence, hash, signing_key)"
                            + " values (?, ?, ?, ?, ?)")
                    .params(
                            agent.value(),
                            mark.position(),
                            mark.head().sequence(),
                            mark.head().hash(),
                            mark.key())
                    .update();
        }
    }

    private Head head(String stream) {
        return jdbc.sql(LogQueries.HEAD)
                .param(stream)
                .query((row, n) -> new Head(row.getLong(1), row.getString(2)))
                .optional()
                .orElse(new Head(0, HashChain.START));
    }

    @Override
    public List<RecordedEvent> read(String stream, long seq, int limit) {
        return stored(stream, seq, limit).stream()
                .map(e -> new RecordedEvent(
                        e.stream(),
                        e.seq(),
                        e.epoch(),
                        Instant.ofEpochMilli(e.atMillis()),
                        e.type(),
                        codec.decode(
                                e.type(),
                                e.body().getBytes(StandardCharsets.UTF_8),
                                "event " + e.seq() + " of stream " + e.stream()),
                        e.hash()))
                .toList();
    }

    @Override
    public List<StoredEvent> stored(String stream, long seq, int limit) {
        return jdbc.sql(LogQueries.PAGE)
                .params(stream, seq, limit)
                .query((row, n) -> stored(row))
                .list();
    }

    private static StoredEvent stored(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getString(5),
                new String(row.getBytes(6), StandardCharsets.UTF_8),
                row.getString(7),
                row.getString(8));
    }

    @Override
    public List<String> streams() {
        return jdbc.sql("select stream from events where seq = 1 order by stream")
                .query(String.class)
                .list();
    }

    @Override
    public Map<AgentId, UplinkMark> uplinks() {
        Map<AgentId, UplinkMark> marks = new TreeMap<>();
        jdbc.sql("select agent, position, sequence, hash, signing_key from uplink_positions")
                .query(row -> {
                    ChainHead head = new ChainHead(row.getLong(3), row.getString(4));
                    marks.put(new AgentId(row.getString(1)), new UplinkMark(row.getLong(2), head, row.getString(5)));
                });
        return marks;
    }

    @Override
    public List<OutboxRow> unsent(int limit) {
        return jdbc.sql("select id, destination, kind, body, created_millis from outbox order by id limit ?")
                .param(limit)
                .query((row, n) -> new OutboxRow(
                        row.getLong(1),
                        new AgentId(row.getString(2)),
                        EventCodec.decodeMessage(row.getString(3), row.getBytes(4)),
                        Instant.ofEpochMilli(row.getLong(5))))
                .list();
    }

    @Override
    public List<byte[]> sealed(List<OutboxRow> rows, BiFunction<OutboxRow, ChainHead, byte[]> sign) {
        return leader.execute(() -> rows.stream().map(row -> sealed(row, sign)).toList());
    }

    private byte[] sealed(OutboxRow row, BiFunction<OutboxRow, ChainHead, byte[]> sign) {
        byte[] before = jdbc.sql("select signed from outbox where id = ?")
                .param(row.id())
                .query((r, n) -> Objects.requireNonNullElse(r.getBytes(1), UNSIGNED))
                .single();
        return before.length > 0 ? before : signNext(row, sign);
    }

    private byte[] signNext(OutboxRow row, BiFunction<OutboxRow, ChainHead, byte[]> sign) {
        String agent = row.to().value();
        ChainHead head = jdbc.sql("select sequence, hash from sent_heads where agent = ?")
                .param(agent)
                .query((r, n) -> new ChainHead(r.getLong(1), r.getString(2)))
                .optional()
                .orElse(ChainHead.START);
        byte[] signed = sign.apply(row, head);
        ChainHead next = ChainHead.of(head.sequence() + 1, signed);
        String statement = head.equals(ChainHead.START)
                ? "insert into sent_heads (sequence, hash, agent) values (?, ?, ?)"
                : "update sent_heads set sequence = ?, hash = ? where agent = ?";
        jdbc.sql(statement).params(next.sequence(), next.hash(), agent).update();
        jdbc.sql("update outbox set signed = ? where id = ?")
                .params(signed, row.id())
                .update();
        return signed;
    }

    @Override
    public void removeSent(Collection<Long> outboxIds) {
        if (!outboxIds.isEmpty()) {
            jdbc.sql("delete from outbox where id in (:ids)")
                    .param("ids", outboxIds)
                    .update();
        }
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public String verify(String stream) {
        String previous = HashChain.START;
        long expected = 1;
        while (true) {
            List<StoredEvent> batch = stored(stream, expected - 1, 500);
            for (StoredEvent e : batch) {
                if (e.seq() != expected
                        || !e.previous().equals(previous)
                        || !e.hash().equals(e.computedHash())) {
                    return "stream " + stream + ": event " + expected + " does not follow from the one before it";
                }
                previous = e.hash();
                expected++;
            }
            if (batch.isEmpty()) {
                return "";
            }
        }
    }
}
