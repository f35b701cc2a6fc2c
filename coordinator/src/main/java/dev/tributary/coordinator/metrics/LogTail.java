package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on every event that comes from now on, those of a stream in order, in a thread of its own, so that appending
 * never waits for the reader.
 */
final class LogTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final int BATCH = 500;

    private final String name;
    private final EventStore store;
    private final Consumer<RecordedEvent> reader;
    private final Map<String, Long> seen = new ConcurrentHashMap<>();
    private final ExecutorService thread;
    private final LogFeed.Subscription subscription;

    /** @param name of the thread */
    LogTail(String name, EventStore store, LogFeed feed, Consumer<RecordedEvent> reader) {
        this.name = name;
        this.store = store;
        this.reader = reader;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        store.streams().forEach(stream -> seen.put(stream, last(stream)));
        subscription = feed.subscribe(stream -> thread.execute(() -> read(stream)));
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
        if (thread.isShutdown()) {
            return;
        }
        try {
            List<RecordedEvent> batch;
            do {
                batch = store.read(stream, seen.getOrDefault(stream, 0L), BATCH);
                for (RecordedEvent event : batch) {
                    seen.put(stream, event.seq());
                    reader.accept(event);
                }
            } while (batch.size() == BATCH);
        } catch (RuntimeException e) {
            LOG.warn("{}: figures of {} are late: {}", name, stream, e.toString());
        }
    }

    @Override
    public void close() {
        subscription.close();
        thread.shutdown(); // no interrupt: H2 closes its file on one in the middle of a read
    }
}
