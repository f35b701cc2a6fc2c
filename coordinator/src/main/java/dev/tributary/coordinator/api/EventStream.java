package dev.tributary.coordinator.api;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.LogJson;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.coordinator.round.Signals;
import dev.tributary.coordinator.view.ProgressView;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Progress;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** One reader of one job's events. Writes happen in the pool, one at a time; a slow reader holds up nobody else. */
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private static final int BATCH = 200;

    private final String job;
    private final EventStore store;
    private final ExecutorService pool;
    private final SseEmitter emitter = new SseEmitter(0L);
    private final Map<AgentId, List<ProgressView>> signals = new ConcurrentHashMap<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicBoolean dirty = new AtomicBoolean(true);
    private final List<LogFeed.Subscription> subscriptions = new ArrayList<>();
    private volatile boolean closed;
    private long seq;

    /** What stands in an SSE event's data. */
    record Line(long seq, Instant at, String type, Object event) {}

    EventStream(String job, long seq, EventStore store, ExecutorService pool) {
        this.job = job;
        this.seq = seq;
        this.store = store;
        this.pool = pool;
    }

    SseEmitter emitter() {
        return emitter;
    }

    void start(LogFeed feed, Signals source, Runnable whenClosed) {
        Runnable end = () -> {
            close();
            whenClosed.run();
        };
        emitter.onCompletion(end);
        emitter.onTimeout(end);
        emitter.onError(e -> end.run());
        subscriptions.add(feed.subscribe(stream -> {
            if (stream.equals(job)) {
                wake();
            }
        }));
        subscriptions.add(source.subscribe(this::signal));
        wake();
    }

    private void signal(AgentId agent, List<Progress> progress) {
        List<ProgressView> mine = progress.stream()
                .filter(p -> p.job().value().equals(job))
                .map(p -> ProgressView.of(agent, p))
                .toList();
        if (!mine.isEmpty()) {
            signals.put(agent, mine);
            wake();
        }
    }

    private void wake() {
        dirty.set(true);
        if (!closed && busy.compareAndSet(false, true)) {
            try {
                pool.execute(this::pump);
            } catch (RejectedExecutionException e) {
                busy.set(false);
                emitter.completeWithError(e);
            }
        }
    }

    private void pump() {
        try {
            while (!closed && dirty.getAndSet(false)) {
                sendEvents();
                sendSignals();
            }
        } catch (IOException | IllegalStateException e) {
            close(); // the reader has gone
        } catch (DataAccessException e) {
            LOG.debug("the reader of {} is told when the next event is stored", job, e);
        } finally {
            busy.set(false);
        }
        if (dirty.get()) {
            wake();
        }
    }

    private void sendEvents() throws IOException {
        List<RecordedEvent> batch;
        do {
            batch = store.read(job, seq, BATCH);
            for (RecordedEvent e : batch) {
                send(e.type(), String.valueOf(e.seq()), new Line(e.seq(), e.at(), e.type(), e.event()));
                seq = e.seq();
            }
        } while (batch.size() == BATCH);
    }

    private void sendSignals() throws IOException {
        for (AgentId agent : List.copyOf(signals.keySet())) {
            List<ProgressView> latest = signals.remove(agent);
            if (latest != null) {
                for (ProgressView progress : latest) {
                    send("progress", null, progress);
                }
            }
        }
    }

    private void send(String type, @org.jspecify.annotations.Nullable String id, Object data) throws IOException {
        SseEmitter.SseEventBuilder event = SseEmitter.event().name(type);
        if (id != null) {
            event.id(id);
        }
        emitter.send(event.data(LogJson.MAPPER.writeValueAsString(data), MediaType.TEXT_PLAIN));
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        subscriptions.forEach(LogFeed.Subscription::close);
        try {
            emitter.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the reader of {} had gone before", job, e);
        }
    }
}
