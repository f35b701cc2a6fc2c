package dev.tributary.coordinator.round;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator waits for at the moment: a database that does not answer, a disk that is full. Whoever meets one
 * tries again by itself and tells here when it is over. Safe for use by several threads.
 */
public final class Obstacles {

    private static final Logger LOG = LoggerFactory.getLogger(Obstacles.class);
    private static final Duration REMINDER = Duration.ofMinutes(1);

    /** All jobs wait: nothing can be stored. */
    static final String DATABASE = "database";

    /** All jobs wait: what agents send cannot be put on the disk. */
    static final String INTAKE = "intake";

    /** No round opens: the disk is nearly full. */
    public static final String DISK = "disk";

    private static final Set<String> OF_ALL = Set.of(DATABASE, INTAKE, DISK);

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /**
     * One thing that is waited for.
     *
     * @param kind {@code database}, {@code intake}, {@code disk}, or the id of the job that waits
     * @param reason with what to do about it
     */
    public record Obstacle(String kind, String reason, Instant since) {}

    private record Entry(Obstacle obstacle, Instant told) {}

    /** The obstacle is there, or still there. */
    public void met(String kind, String reason, Instant now) {
        entries.compute(kind, (key, before) -> {
            if (before == null) {
                LOG.warn("waiting: {}", reason);
                return new Entry(new Obstacle(kind, reason, now), now);
            }
            Instant since = before.obstacle().since();
            boolean remind = !now.isBefore(before.told().plus(REMINDER));
            if (remind) {
                LOG.warn("still waiting since {}: {}", since, reason);
            }
            return new Entry(new Obstacle(kind, reason, since), remind ? now : before.told());
        });
    }

    /** What was tried has worked. */
    public void gone(String kind, Instant now) {
        Entry before = entries.isEmpty() ? null : entries.remove(kind);
        if (before != null) {
            LOG.info(
                    "going on after {} s: {} is over",
                    Duration.between(before.obstacle().since(), now).toSeconds(),
                    kind);
        }
    }

    /** Longest there first. */
    public List<Obstacle> all() {
        return entries.values().stream()
                .map(Entry::obstacle)
                .sorted(Comparator.comparing(Obstacle::since))
                .toList();
    }

    /** What holds this job up: its own obstacle, or one of all jobs. */
    public Optional<Obstacle> of(String job) {
        return all().stream()
                .filter(o -> o.kind().equals(job) || OF_ALL.contains(o.kind()))
                .findFirst();
    }

    boolean isMet(String kind) {
        return entries.containsKey(kind);
    }
}
