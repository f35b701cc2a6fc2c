package dev.tributary.coordinator.security;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Puts changes of access into the log. Safe for use by several threads. */
public final class AccessLog {

    private final EventStore store;
    private final LogFeed feed;
    private final Clock clock;
    private long seq;

    AccessLog(EventStore store, LogFeed feed, Clock clock) {
        this.store = store;
        this.feed = feed;
        this.clock = clock;
    }

    public synchronized void record(AccessEvent event) {
        List<RecordedEvent> newer = store.read(AccessEvent.STREAM, seq, 1000);
        while (!newer.isEmpty()) {
            seq = newer.get(newer.size() - 1).seq();
            newer = store.read(AccessEvent.STREAM, seq, 1000);
        }
        store.append(
                List.of(new Append(AccessEvent.STREAM, seq, List.of(event))), List.of(), Map.of(), clock.instant());
        seq++;
        feed.appended(AccessEvent.STREAM);
    }
}
