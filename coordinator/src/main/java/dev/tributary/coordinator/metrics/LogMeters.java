package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.federation.FederationEvent;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts what happens to jobs, from the start of this process: rounds by outcome, updates by outcome and reason, bytes on
 * the wire, seconds by phase. Reads the log in a thread of its own, so that appending never waits for it.
 */
@Component
class LogMeters {
    private static final Logger LOG = LoggerFactory.getLogger(LogMeters.class);
    private static final int BATCH = 500;

    private final MeterRegistry meters;
    private final EventStore store;
    private final Map<String, Long> seen = new ConcurrentHashMap<>();
    private final Map<String, Instant> begun = new ConcurrentHashMap<>();
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "tributary-meters");
        thread.setDaemon(true);
        return thread;
    });
    private final LogFeed.Subscription subscription;

    LogMeters(MeterRegistry meters, EventStore store, LogFeed feed) {
        this.meters = meters;
        this.store = store;
        store.streams().forEach(stream -> seen.put(stream, last(stream)));
        subscription = feed.subscribe(stream -> reader.execute(() -> read(stream)));
    }

    private long last(String stream) {
        long seq = 0;
        List<RecordedEvent> batch;
        do {
            batch = store.read(stream, seq, BATCH);
            if (!batch.isEmpty()) {
                seq = batch.get(batch.size() - 1).seq();
            }
        } while (batch.size() == BATCH);
        return seq;
    }

    private void read(String stream) {
        if (stream.equals(FederationEvent.STREAM) || reader.isShutdown()) {
            return;
        }
        try {
            List<RecordedEvent> batch;
            do {
                batch = store.read(stream, seen.getOrDefault(stream, 0L), BATCH);
                for (RecordedEvent event : batch) {
                    count(stream, event);
                    seen.put(stream, event.seq());
                }
            } while (batch.size() == BATCH);
        } catch (RuntimeException e) {
            LOG.warn("figures of {} are late: {}", stream, e.toString());
        }
    }

    private void count(String job, RecordedEvent recorded) {
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
        subscription.close();
        reader.shutdown(); // no interrupt: H2 closes its file on one in the middle of a read
    }
}
