package dev.tributary.coordinator.log;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** Opens the log's database, H2 in a file or PostgreSQL. */
public final class LogDatabase {

    private static final int CONNECTIONS = 8;
    private static final long CONNECT_MILLIS = 5000;

    private LogDatabase() {}

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
            source.setConnectionInitSql("set idle_in_transaction_session_timeout = " + lease.toMillis());
        }
        return source;
    }
}
