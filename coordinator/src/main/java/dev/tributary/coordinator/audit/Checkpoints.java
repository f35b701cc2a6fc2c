package dev.tributary.coordinator.audit;

import dev.tributary.coordinator.audit.Checkpoint.Head;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.LogQueries;
import dev.tributary.privacy.envelope.Signer;
import dev.tributary.protocol.LogHead;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes and keeps checkpoints of the log. Between looks at the whole log, which take as long as it is long, only streams
 * that the feed named are looked at. Safe for use by several threads.
 */
public final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final long MOST_EVENTS = 1000;

    private final JdbcClient jdbc;
    private final Signer signer;
    private final Clock clock;
    private final TreeMap<String, Head> covered = new TreeMap<>();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private long lookedAtAll;
    private long number;
    private String previous = Checkpoint.START;
    private long madeAt;

    public Checkpoints(JdbcClient jdbc, Signer signer, Clock clock, LogFeed feed) {
        this.jdbc = jdbc;
        this.signer = signer;
        this.clock = clock;
        feed.subscribe(named::add);
        read();
    }

    private void read() {
        for (Checkpoint checkpoint : all()) {
            covered.putAll(checkpoint.heads());
            number = checkpoint.number();
            previous = checkpoint.hash();
        }
    }

    public List<Checkpoint> all() {
        return jdbc.sql("select number, body, signature from checkpoints order by number")
                .query((row, n) -> new Checkpoint(row.getLong(1), row.getString(2), row.getString(3)))
                .list();
    }

    /** Makes one if it is time: five minutes after the last one, or after 1000 events; none if the log stands still. */
    synchronized Optional<Checkpoint> makeIfDue() {
        SortedMap<String, Head> grown = grownLately();
        long events = grown.entrySet().stream()
                .mapToLong(entry -> entry.getValue().seq()
                        - Optional.ofNullable(covered.get(entry.getKey()))
                                .map(Head::seq)
                                .orElse(0L))
                .sum();
        boolean due = events >= MOST_EVENTS || clock.millis() - madeAt >= LONGEST.toMillis();
        return due && !grown.isEmpty() ? Optional.of(make(grown)) : Optional.empty();
    }

    /**
     * The newest one, for witnesses: not older than a few seconds if this process's log grew, or than minutes if another
     * process wrote. Empty before the first.
     */
    public synchronized Optional<LogHead> head() {
        try {
            if (clock.millis() - madeAt >= FRESH.toMillis()) {
                SortedMap<String, Head> grown = grownLately();
                if (!grown.isEmpty()) {
                    make(grown);
                }
            }
        } catch (DataAccessException e) {
            LOG.warn("the log's checkpoint was not made, trying again later: {}", e.getMessage());
        }
        return number == 0 ? Optional.empty() : Optional.of(new LogHead(number, previous));
    }

    /** Makes one of all that is not covered; nothing if the log stands still. */
    public synchronized Optional<Checkpoint> make() {
        SortedMap<String, Head> grown = grown();
        return grown.isEmpty() ? Optional.empty() : Optional.of(make(grown));
    }

    private SortedMap<String, Head> grownLately() {
        if (lookedAtAll == 0 || clock.millis() - lookedAtAll >= LONGEST.toMillis()) {
            return grown();
        }
        TreeMap<String, Head> heads = new TreeMap<>();
        for (String stream : named) {
            jdbc.sql(LogQueries.HEAD).param(stream).query(row -> {
                heads.put(stream, new Head(row.getLong(1), row.getString(2)));
            });
        }
        heads.entrySet().removeIf(entry -> entry.getValue().equals(covered.get(entry.getKey())));
        return heads;
    }

    private SortedMap<String, Head> grown() {
        long now = clock.millis();
        named.clear(); // what is stored from here on is named again
        TreeMap<String, Head> heads = new TreeMap<>();
        jdbc.sql("select e.stream, e.seq, e.hash from events e"
                        + " join (select stream, max(seq) as newest from events group by stream) h"
                        + " on e.stream = h.stream and e.seq = h.newest")
                .query(row -> {
                    heads.put(row.getString(1), new Head(row.getLong(2), row.getString(3)));
                });
        heads.entrySet().removeIf(entry -> entry.getValue().equals(covered.get(entry.getKey())));
        named.addAll(heads.keySet());
        lookedAtAll = now;
        return heads;
    }

    private Checkpoint make(SortedMap<String, Head> heads) {
        Checkpoint next = Checkpoint.sign(number + 1, previous, clock.millis(), heads, signer);
        try {
            jdbc.sql("insert into checkpoints (number, body, signature) values (?, ?, ?)")
                    .params(next.number(), next.text(), next.signature())
                    .update();
        } catch (DuplicateKeyException e) {
            read(); // it was made, only the database's answer was lost
            throw e;
        }
        covered.putAll(heads);
        number = next.number();
        previous = next.hash();
        madeAt = clock.millis();
        return next;
    }
}
