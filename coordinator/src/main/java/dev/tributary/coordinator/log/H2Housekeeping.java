package dev.tributary.coordinator.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps H2's file small and flushed. Every commit appends what it changed, about 17 kB for a short row; what lives in mostly
 * dead parts of the file has to be written anew before their room can be used again. H2 does that by itself only where
 * commits are written later, not where, as here, each is written before it returns: a log of 10 MB came to lie in 250. Nor
 * does H2 flush the file to the disk; with this, a loss of power loses the last seconds at most. The thread is never
 * interrupted, as H2 would close its file.
 */
public final class H2Housekeeping implements AutoCloseable {

    /** For H2's URL: dead parts are used again after 10 s, as what replaced them is flushed by then; H2 waits 45 s. */
    public static final String RETENTION = ";RETENTION_TIME=10000";

    private static final Logger LOG = LoggerFactory.getLogger(H2Housekeeping.class);

    private static final long SECONDS = 2;

    /** Per cent of the file that is to be alive; H2's own aim is higher, and writes more for it. */
    private static final int ALIVE = 60;

    private static final int BYTES_AT_A_TIME = 16 << 20;

    private final DataSource source;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-h2-housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    public H2Housekeeping(DataSource source) {
        this.source = source;
        timer.scheduleWithFixedDelay(this::quietly, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private void quietly() {
        try {
            tidy(source);
        } catch (SQLException | RuntimeException e) {
            LOG.warn("the database's file was not tidied, trying again in {} s: {}", SECONDS, e.getMessage());
        }
    }

    /** Flushes the file, and rewrites some of what lives in mostly dead parts of it, if there are such. */
    static void tidy(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            MVStore store = session.getDatabase().getStore().getMvStore();
            store.sync();
            store.compact(ALIVE, BYTES_AT_A_TIME);
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("the database's file is still being tidied");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
