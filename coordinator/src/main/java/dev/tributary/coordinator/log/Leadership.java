package dev.tributary.coordinator.log;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which of the coordinators on one database leads. The leader counts a number up; another one that sees it stand still
 * for as long as the lease, by its own clock, takes over with the next epoch. What an older leader still does is refused
 * by its epoch, so that it matters to nobody whether it is dead, cut off or was only paused.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final int BEATS_IN_A_LEASE = 6;

    private record Row(long epoch, long beat, String holder) {}

    private final JdbcClient jdbc;
    private final long epoch;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-leadership");
        thread.setDaemon(true);
        return thread;
    });

    private Leadership(JdbcClient jdbc, long epoch) {
        this.jdbc = jdbc;
        this.epoch = epoch;
    }

    /** Takes over at once: for a database that no other process can have open. */
    public static Leadership seize(JdbcClient jdbc, String holder, Instant now) {
        while (true) {
            Row row = read(jdbc);
            if (claim(jdbc, row, holder, now)) {
                return new Leadership(jdbc, row.epoch() + 1);
            }
        }
    }

    /**
     * Returns when this coordinator leads: at once if nobody does or {@code holder} did last, else when the leader has
     * given up its place or stood still for {@code lease}.
     *
     * @param holder names this coordinator; another process with the same name must be known to be dead
     */
    public static Leadership await(JdbcClient jdbc, String holder, Duration lease, Instant now)
            throws InterruptedException {
        Row seen = read(jdbc);
        long since = System.nanoTime();
        boolean told = false;
        while (true) {
            Row row = readPatiently(jdbc, seen);
            if (!row.equals(seen)) {
                seen = row;
                since = System.nanoTime();
            }
            boolean free =
                    row.epoch() == 0 || row.holder().isEmpty() || row.holder().equals(holder);
            if ((free || System.nanoTime() - since >= lease.toNanos()) && claimPatiently(jdbc, row, holder, now)) {
                LOG.info("this coordinator leads in epoch {}", row.epoch() + 1);
                Leadership leadership = new Leadership(jdbc, row.epoch() + 1);
                leadership.beat(lease);
                return leadership;
            }
            if (!told) {
                LOG.info("standing by: {} leads in epoch {}", row.holder(), row.epoch());
                told = true;
            }
            TimeUnit.NANOSECONDS.sleep(lease.toNanos() / (2L * BEATS_IN_A_LEASE));
        }
    }

    private static Row read(JdbcClient jdbc) {
        return jdbc.sql("select epoch, beat, holder from leader where id = 1")
                .query((row, n) -> new Row(row.getLong(1), row.getLong(2), row.getString(3)))
                .single();
    }

    /** A database that is away proves nothing about the leader. */
    private static Row readPatiently(JdbcClient jdbc, Row before) {
        try {
            return read(jdbc);
        } catch (DataAccessException e) {
            LOG.warn("standing by: the database cannot be read: {}", e.getMessage());
            return new Row(before.epoch(), -1, before.holder());
        }
    }

    private static boolean claim(JdbcClient jdbc, Row row, String holder, Instant now) {
        return jdbc.sql("update leader set epoch = epoch + 1, beat = beat + 1, holder = ?, since_millis = ?"
                                + " where id = 1 and epoch = ? and beat = ?")
                        .params(holder, now.toEpochMilli(), row.epoch(), row.beat())
                        .update()
                == 1;
    }

    private static boolean claimPatiently(JdbcClient jdbc, Row row, String holder, Instant now) {
        try {
            return claim(jdbc, row, holder, now);
        } catch (DataAccessException e) {
            LOG.warn("standing by: the database cannot be written: {}", e.getMessage());
            return false;
        }
    }

    private void beat(Duration lease) {
        long pause = lease.toMillis() / BEATS_IN_A_LEASE;
        beats.scheduleWithFixedDelay(this::beatOnce, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void beatOnce() {
        try {
            int changed = jdbc.sql("update leader set beat = beat + 1 where id = 1 and epoch = ?")
                    .param(epoch)
                    .update();
            if (changed == 0) {
                LOG.error("another coordinator leads now; restart this one to let it stand by");
                beats.shutdown();
            }
        } catch (DataAccessException e) {
            LOG.warn("the leader's lease could not be renewed, trying again: {}", e.getMessage());
        }
    }

    public long epoch() {
        return epoch;
    }

    /** Gives the place up, so that another coordinator need not wait. */
    @Override
    public void close() {
        beats.shutdown();
        try {
            jdbc.sql("update leader set holder = '' where id = 1 and epoch = ?")
                    .param(epoch)
                    .update();
        } catch (DataAccessException e) {
            LOG.debug("the next leader waits for the lease", e);
        }
    }
}
