package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Counts what happens to jobs, from the start of this process: rounds by outcome, updates by outcome and reason, bytes on
 * the wire, seconds by phase.
 */
@Component
class LogMeters {
    private final MeterRegistry meters;
    private final Map<String, Instant> begun = new ConcurrentHashMap<>();
    private final LogTail tail;

    LogMeters(MeterRegistry meters, EventStore store, LogFeed feed) {
        this.meters = meters;
        this.tail = new LogTail("tributary-meters", store, feed, this::count);
    }

    private void count(RecordedEvent recorded) {
        String job = recorded.stream();
        if (recorded.event() instanceof JobEvent.RoundOpened) {
            begun.put(job + "/train", recorded.at());
            meters.counter("tributary.rounds.opened").increment();
        } else if (recorded.event() instanceof JobEvent.UpdateAccepted e) {
            update("accepted", "");
            meters.counter("tributary.wire.bytes", "direction", "up").increment(e.wireBytes());
            meters.counter("tributary.wire.bytes", "direction", "down")
                    .increment(e.update().bytesReceived());
        } else if (recorded.event() instanceof JobEvent.UpdateRejected e) {
            update("rejected", e.reason());
        } else if (recorded.event() instanceof JobEvent.AgentRefused e) {
            update("refused", e.reason());
        } else if (recorded.event() instanceof JobEvent.AgentLost) {
            update("lost", "");
        } else if (recorded.event() instanceof JobEvent.RoundClosed) {
            phase(job, "train", recorded.at());
        } else if (recorded.event() instanceof JobEvent.RoundAbandoned) {
            begun.remove(job + "/train");
            meters.counter("tributary.rounds", "outcome", "abandoned").increment();
        } else if (recorded.event() instanceof JobEvent.StatePublished e && e.version() > 0) {
            meters.counter("tributary.rounds", "outcome", "published").increment();
            seconds("aggregate", e.aggregateSeconds());
            seconds("publish", e.publishSeconds());
        } else if (recorded.event() instanceof JobEvent.EvaluationOpened) {
            begun.put(job + "/evaluate", recorded.at());
        } else if (recorded.event() instanceof JobEvent.MetricsReported e) {
            meters.counter("tributary.wire.bytes", "direction", "down").increment(e.bytesReceived());
        } else if (recorded.event() instanceof JobEvent.EvaluationClosed) {
            phase(job, "evaluate", recorded.at());
        }
    }

    private void update(String outcome, String reason) {
        meters.counter("tributary.updates", "outcome", outcome, "reason", reason)
                .increment();
    }

    private void phase(String job, String phase, Instant end) {
        Instant begin = begun.remove(job + "/" + phase);
        if (begin != null) {
            seconds(phase, Duration.between(begin, end).toMillis() / 1e3);
        }
    }

    private void seconds(String phase, double seconds) {
        meters.timer("tributary.phase", "phase", phase).record(Duration.ofNanos((long) (seconds * 1e9)));
    }

    @PreDestroy
    void close() {
        tail.close();
    }
}
