package dev.tributary.coordinator.round;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.coordinator.log.UplinkMark;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.crash.CrashPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop's way to the log. What a turn of the loop decided is collected and stored by {@link #flush} in one
 * transaction, with the uplink marks of the messages it came from; what others may see of it is put off by {@link #then}
 * until that is done. Used by the loop's thread only.
 */
final class LogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final EventStore store;
    private final LogFeed feed;
    private final Runnable relay;
    private final Map<AgentId, UplinkMark> marks = new HashMap<>();
    private final List<Append> appends = new ArrayList<>();
    private final List<OutboxEntry> outbox = new ArrayList<>();
    private final List<Runnable> effects = new ArrayList<>();
    private boolean due;
    private @Nullable Instant begun;

    LogWriter(EventStore store, LogFeed feed, Runnable relay) {
        this.store = store;
        this.feed = feed;
        this.relay = relay;
    }

    /** Collects; each stream's appends must follow each other. */
    void append(List<Append> next, List<OutboxEntry> messages) {
        appends.addAll(next);
        outbox.addAll(messages);
    }

    /** Puts off what may be seen from outside until all that was collected before is stored. */
    void then(Runnable effect) {
        effects.add(effect);
    }

    /** An agent's messages are handled up to {@code mark}; stored with the next append. */
    void handled(AgentId agent, UplinkMark mark) {
        marks.put(agent, mark);
    }

    /** Has the next flush store the marks even if nothing else is to be stored. */
    void keepMarks() {
        due = !marks.isEmpty();
    }

    /**
     * Stores what was collected, all or nothing, then does what was put off. After a failure it is to be called again and
     * stores the same, at the time of the first call: a commit whose answer was lost is known by that.
     */
    void flush(Instant now) {
        if (due || !appends.isEmpty() || !outbox.isEmpty()) {
            begun = begun == null ? now : begun;
            pass(CrashPoint.BEFORE_APPEND);
            store.append(appends, outbox, marks, begun);
            pass(CrashPoint.AFTER_APPEND);
            begun = null;
            due = false;
            marks.clear();
            appends.clear();
            if (!outbox.isEmpty()) {
                outbox.clear();
                relay.run();
            }
        }
        List<Runnable> ready = List.copyOf(effects);
        effects.clear();
        ready.forEach(LogWriter::carryOut);
    }

    private static void carryOut(Runnable effect) {
        try {
            effect.run();
        } catch (RuntimeException e) {
            LOG.error("an unexpected failure was skipped", e);
        }
    }

    private void pass(CrashPoint point) {
        for (Append append : appends) {
            append.events().forEach(event -> point.pass(event.getClass().getSimpleName()));
        }
    }

    /** Tells the feed's listeners of a stream, once its new events are stored. */
    void announce(String stream) {
        then(() -> feed.appended(stream));
    }
}
