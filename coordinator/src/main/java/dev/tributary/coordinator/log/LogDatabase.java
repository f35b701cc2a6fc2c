package dev.tributary.coordinator.log;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/** Opens the log's database, H2 in a file or PostgreSQL. */
public final class LogDatabase {

    private static final int CONNECTIONS = 8;
    private static final long CONNECT_MILLIS = 5000;

    private static final String ANSWER_SECONDS = "30";

    private LogDatabase() {}

    /** H2 closes a database whose disk fails, for good: connections to it are let go, a new one opens it again. */
    private static final class ClosedDatabase implements SQLExceptionOverride {
        private static final Set<String> CLOSED = Set.of("90098", "90121", "90067", "90028", "90031");

        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return CLOSED.contains(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }

    /**
     * A pool of connections. Every transaction locks the leader's row, so PostgreSQL ends one whose process is silent for
     * {@code lease}: a leader stopped in the middle of a transaction would else keep its successor out for ever.
     */
    public static HikariDataSource open(String url, String user, String password, Duration lease) {
        HikariDataSource source = new HikariDataSource();
        source.setJdbcUrl(url);
        source.setUsername(user);
        source.setPassword(password);
        source.setMaximumPoolSize(CONNECTIONS);
        source.setMinimumIdle(1);
        source.setConnectionTimeout(CONNECT_MILLIS);
        source.setPoolName("tributary");
        if (url.startsWith("jdbc:postgresql:")) {
            // A server that vanished without a word is noticed, so that nothing waits for its answer for ever.
            source.addDataSourceProperty("socketTimeout", ANSWER_SECONDS);
            source.addDataSourceProperty("tcpKeepAlive", "true");
            source.setConnectionInitSql("set idle_in_transaction_session_timeout = " + lease.toMillis());
        }
        source.setExceptionOverride(new ClosedDatabase());
        return source;
    }
}
