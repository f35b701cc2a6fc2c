package dev.tributary.protocol.kafka;

import dev.tributary.protocol.chunk.BlobAssembler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts dropped records and logs at most one line per agent and minute. Safe for many threads. */
final class JunkLog implements BlobAssembler.Junk {
    private static final Logger LOG = LoggerFactory.getLogger(JunkLog.class);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final class Count {
        private long total;
        private long unsaid;
        private long saidAt = System.nanoTime() - QUIET_NANOS;
    }

    private final Map<String, Count> counts = new HashMap<>();

    @Override
    public synchronized void dropped(String owner, String why) {
        Count count = counts.computeIfAbsent(owner, name -> new Count());
        count.total++;
        long now = System.nanoTime();
        if (now - count.saidAt < QUIET_NANOS) {
            count.unsaid++;
            return;
        }
        LOG.warn(
                "Dropped a record from {}: {} ({} in all, {} since the last such line)",
                owner,
                why,
                count.total,
                count.unsaid + 1);
        count.unsaid = 0;
        count.saidAt = now;
    }

    synchronized long dropped(String owner) {
        Count count = counts.get(owner);
        return count == null ? 0 : count.total;
    }
}
