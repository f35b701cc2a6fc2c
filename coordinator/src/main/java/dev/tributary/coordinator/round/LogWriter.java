package dev.tributary.coordinator.round;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.coordinator.log.UplinkMark;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.crash.CrashPoint;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loop's way to the log: appends, wakes the relay, tells the feed, and carries along the uplink marks of messages that
 * were handled since. Used by the loop's thread only.
 */
final class LogWriter {

    private final EventStore store;
    private final LogFeed feed;
    private final Runnable relay;
    private final Map<AgentId, UplinkMark> marks = new HashMap<>();

    LogWriter(EventStore store, LogFeed feed, Runnable relay) {
        this.store = store;
        this.feed = feed;
        this.relay = relay;
    }

    void append(List<Append> appends, List<OutboxEntry> outbox, Instant now) {
        pass(CrashPoint.BEFORE_APPEND, appends);
        store.append(appends, outbox, marks, now);
        pass(CrashPoint.AFTER_APPEND, appends);
        marks.clear();
        if (!outbox.isEmpty()) {
            relay.run();
        }
    }

    private static void pass(CrashPoint point, List<Append> appends) {
        for (Append append : appends) {
            append.events().forEach(event -> point.pass(event.getClass().getSimpleName()));
        }
    }

    /** Tells the feed's listeners of a stream; to be called when its new events are applied. */
    void announce(String stream) {
        feed.appended(stream);
    }

    /** An agent's messages are handled up to {@code mark}; stored with the next append. */
    void handled(AgentId agent, UplinkMark mark) {
        marks.put(agent, mark);
    }

    void savePositions(Instant now) {
        if (!marks.isEmpty()) {
            append(List.of(), List.of(), now);
        }
    }
}
