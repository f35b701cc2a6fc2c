package dev.tributary.coordinator.api;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import jakarta.annotation.PreDestroy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A job's log as server-sent events: the event type is the SSE type, the sequence number its id, so that a client that
 * comes back with Last-Event-ID misses nothing. Signals come in between as type {@code progress}, without an id.
 */
@RestController
@RequestMapping("/api/v1")
class EventsController {

    private static final int MAX_READERS = 200;

    private final JobViews views;
    private final EventStore store;
    private final LogFeed feed;
    private final RoundEngine engine;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService pool = new ThreadPoolExecutor(
            0, MAX_READERS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), EventsController::thread);

    EventsController(JobViews views, EventStore store, LogFeed feed, RoundEngine engine) {
        this.views = views;
        this.store = store;
        this.feed = feed;
        this.engine = engine;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tributary-events");
        thread.setDaemon(true);
        return thread;
    }

    @GetMapping(path = "/jobs/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(
            @PathVariable String id, @RequestHeader(name = "Last-Event-ID", defaultValue = "0") String lastEventId) {
        JobView job = views.job(id).orElseThrow(() -> JobsController.unknown(id));
        EventStream stream = new EventStream(job.id(), sequence(lastEventId), store, pool);
        open.add(stream);
        stream.start(feed, engine.signals(), () -> open.remove(stream));
        return stream.emitter();
    }

    private static long sequence(String lastEventId) {
        try {
            return Math.max(0, Long.parseLong(lastEventId.strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @PreDestroy
    void close() {
        open.forEach(EventStream::close);
        pool.shutdown(); // no interrupt: H2 closes its file on one in the middle of a read
    }
}
