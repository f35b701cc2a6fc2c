package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.protocol.trace.Tracing;
import jakarta.annotation.PreDestroy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Records what the log says as spans, where tracing is on. Knows the jobs from the log, so a restart tears no trace. */
@Component
class RoundTracer {

    private static final int BATCH = 500;

    private final Tracing tracing;
    private final EventStore store;
    private final Map<String, JobState> jobs = new HashMap<>();
    private final @Nullable LogTail tail;

    RoundTracer(ObjectProvider<Tracing> given, EventStore store, LogFeed feed) {
        this.tracing = given.getIfAvailable(() -> Tracing.ofProcess("tributary-coordinator"));
        this.store = store;
        this.tail = tracing.isOn() ? new LogTail("tributary-traces", store, feed, this::trace) : null;
    }

    private void trace(RecordedEvent recorded) {
        if (!(recorded.event() instanceof JobEvent event)) {
            return;
        }
        JobState before = jobs.get(recorded.stream());
        JobState after = before == null ? replay(recorded) : before.apply(event, recorded.at());
        if (after.status().isFinal()) {
            jobs.remove(recorded.stream());
        } else {
            jobs.put(recorded.stream(), after);
        }
        RoundSpans.of(after, recorded).forEach(tracing::record);
    }

    /** A job's state after an event. */
    private JobState replay(RecordedEvent until) {
        JobState state = null;
        List<RecordedEvent> batch;
        long seq = 0;
        do {
            batch = store.read(until.stream(), seq, BATCH);
            for (RecordedEvent e : batch) {
                if (e.seq() > until.seq()) {
                    break;
                }
                state = state == null
                        ? JobState.submitted((JobEvent.JobSubmitted) e.event(), e.at())
                        : state.apply((JobEvent) e.event(), e.at());
                seq = e.seq();
            }
        } while (seq < until.seq());
        return java.util.Objects.requireNonNull(state, "the stream of an event is not empty");
    }

    @PreDestroy
    void close() {
        if (tail != null) {
            tail.close();
        }
    }
}
