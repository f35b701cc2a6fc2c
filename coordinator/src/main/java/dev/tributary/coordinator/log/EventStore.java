package dev.tributary.coordinator.log;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.chain.ChainHead;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The one log with its outbox and uplink positions. Safe for use by several threads. */
public interface EventStore {

    /**
     * Appends events, outbox messages and uplink marks, all or nothing. After a failure that leaves open whether
     * anything was stored, the same append with the same time may be made again: its events are not stored twice.
     *
     * @return the events as recorded, in the order of {@code appends}
     * @throws ConflictException if a stream has moved on or a newer leader exists
     */
    List<RecordedEvent> append(
            List<Append> appends, List<OutboxEntry> outbox, Map<AgentId, UplinkMark> marks, Instant at);

    /** Events of a stream after {@code seq}, oldest first, at most {@code limit}. */
    List<RecordedEvent> read(String stream, long seq, int limit);

    /** The same as {@link #read}, without making sense of the events. */
    List<StoredEvent> stored(String stream, long seq, int limit);

    /** Names of all streams, sorted. */
    List<String> streams();

    /** Per agent, how far its messages are handled. */
    Map<AgentId, UplinkMark> uplinks();

    /** Outbox messages that were not removed as sent, by id. */
    List<OutboxRow> unsent(int limit);

    /**
     * Messages to agents as they go on the wire. The first call has each signed as the next of its agent's chain and
     * keeps the bytes; later calls return the same, so that what a crash left in doubt can be sent again.
     *
     * @param sign makes the bytes of the message that follows the given head
     * @return the bytes in the order of {@code rows}
     * @throws ConflictException if a newer leader exists
     */
    List<byte[]> sealed(List<OutboxRow> rows, BiFunction<OutboxRow, ChainHead, byte[]> sign);

    /** Removes messages that were sent from the outbox. */
    void removeSent(Collection<Long> outboxIds);

    /** This writer's epoch as leader. */
    long epoch();

    /** Recomputes a stream's hash chain. @return what is wrong with it, or an empty string */
    String verify(String stream);
}
