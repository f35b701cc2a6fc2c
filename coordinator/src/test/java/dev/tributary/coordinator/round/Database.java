package dev.tributary.coordinator.round;

import dev.tributary.coordinator.federation.FederationEvent;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.JdbcEventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.security.AccessEvent;
import java.nio.file.Path;
import java.time.Instant;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An H2 file with the log's tables, opened as the application opens it. */
public final class Database implements AutoCloseable {

    private final DataSource pool;
    private final Runnable close;

    public Database(Path directory) {
        this(h2(directory));
    }

    private Database(JdbcConnectionPool pool) {
        this(pool, pool::dispose);
    }

    /** An empty database somewhere else. */
    public Database(DataSource pool, Runnable close) {
        this.pool = pool;
        this.close = close;
        Flyway.configure().dataSource(pool).load().migrate();
    }

    private static JdbcConnectionPool h2(Path directory) {
        return JdbcConnectionPool.create(
                "jdbc:h2:file:" + directory.resolve("log")
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0",
                "sa",
                "");
    }

    public DataSource source() {
        return pool;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(pool);
    }

    /** Takes the leadership over. */
    public EventStore store() {
        return store(leader());
    }

    /** A store of the coordinator that leads in that epoch, or led. */
    public EventStore store(LeaderTransaction leader) {
        return new JdbcEventStore(
                jdbc(), leader, new EventCodec(FederationEvent.TYPES, JobEvent.TYPES, AccessEvent.TYPES));
    }

    /** Takes the leadership over. */
    public LeaderTransaction leader() {
        return new LeaderTransaction(
                jdbc(),
                new TransactionTemplate(new DataSourceTransactionManager(pool)),
                Leadership.seize(jdbc(), "test", Instant.now()).epoch());
    }

    @Override
    public void close() {
        close.run();
    }
}
