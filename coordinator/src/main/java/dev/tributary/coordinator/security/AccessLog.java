package dev.tributary.coordinator.security;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Puts changes of access into the log, together with the changes themselves. Safe for use by several threads. */
public final class AccessLog {

    private final EventStore store;
    private final LogFeed feed;
    private final LeaderTransaction leader;
    private final Clock clock;
    private long seq;

    public AccessLog(EventStore store, LogFeed feed, LeaderTransaction leader, Clock clock) {
        this.store = store;
        this.feed = feed;
        this.leader = leader;
        this.clock = clock;
    }

    /**
     * Changes something in the database and records it, both or neither.
     *
     * @param event what to record; empty if nothing was changed
     * @throws dev.tributary.coordinator.log.ConflictException if another coordinator leads by now
     */
    public synchronized <T> T change(Supplier<T> change, Function<T, Optional<AccessEvent>> event) {
        T done = leader.execute(() -> {
            T result = change.get();
            event.apply(result).ifPresent(this::append);
            return result;
        });
        feed.appended(AccessEvent.STREAM);
        return done;
    }

    public synchronized void record(AccessEvent event) {
        append(event);
        feed.appended(AccessEvent.STREAM);
    }

    private void append(AccessEvent event) {
        List<RecordedEvent> newer = store.read(AccessEvent.STREAM, seq, 1000);
        while (!newer.isEmpty()) {
            seq = newer.get(newer.size() - 1).seq();
            newer = store.read(AccessEvent.STREAM, seq, 1000);
        }
        store.append(
                List.of(new Append(AccessEvent.STREAM, seq, List.of(event))), List.of(), Map.of(), clock.instant());
    }
}
