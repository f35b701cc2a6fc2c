package dev.tributary.coordinator.log;

import dev.tributary.plan.AgentId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The one log with its outbox and uplink positions. Safe for use by several threads. */
public interface EventStore {

    /**
     * Appends events, outbox messages and uplink positions, all or nothing.
     *
     * @return the events as recorded, in the order of {@code appends}
     * @throws ConflictException if a stream has moved on or a newer leader exists
     */
    List<RecordedEvent> append(
            List<Append> appends, List<OutboxEntry> outbox, Map<AgentId, Long> positions, Instant at);

    /** Events of a stream after {@code seq}, oldest first, at most {@code limit}. */
    List<RecordedEvent> read(String stream, long seq, int limit);

    /** Names of all streams, sorted. */
    List<String> streams();

    /** Uplink position per agent to resume from. */
    Map<AgentId, Long> positions();

    /** Outbox messages that were not marked sent, by id. */
    List<OutboxRow> unsent(int limit);

    void markSent(long outboxId, Instant at);

    /** Removes messages that were sent before {@code before}. */
    int pruneSent(Instant before);

    /** This writer's epoch as leader. */
    long epoch();

    /** Recomputes a stream's hash chain. @return what is wrong with it, or an empty string */
    String verify(String stream);
}
