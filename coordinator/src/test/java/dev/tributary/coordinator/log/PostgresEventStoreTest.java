package dev.tributary.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.zaxxer.hikari.HikariDataSource;
import dev.tributary.coordinator.round.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The same behaviour on a real PostgreSQL server. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class PostgresEventStoreTest extends JdbcEventStoreTest {

    private static @Nullable EmbeddedPostgres server;

    private final Map<Path, DataSource> databases = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws IOException {
        Objects.requireNonNull(server).close();
    }

    @Test
    void aLeaderStoppedInsideATransactionIsReplacedAndCannotCommit(@TempDir Path directory) throws Exception {
        database(directory);
        Duration lease = Duration.ofMillis(600);
        try (HikariDataSource first = open(directory, lease);
                HikariDataSource second = open(directory, lease);
                Connection stopped = first.getConnection();
                Statement statement = stopped.createStatement()) {
            assertThat(Leadership.seize(JdbcClient.create(first), "first", Instant.EPOCH)
                            .epoch())
                    .isEqualTo(1);
            stopped.setAutoCommit(false);
            statement.execute("select epoch from leader where id = 1 for update");

            try (Leadership heir = assertTimeoutPreemptively(
                    Duration.ofMinutes(1),
                    () -> Leadership.await(JdbcClient.create(second), "second", lease, Instant.EPOCH))) {
                assertThat(heir.epoch()).isEqualTo(2);
            }
            assertThatThrownBy(stopped::commit).isInstanceOf(SQLException.class);
        }
    }

    private static HikariDataSource open(Path directory, Duration lease) {
        String url = Objects.requireNonNull(server).getJdbcUrl("postgres", name(directory));
        return LogDatabase.open(url, "postgres", "", lease);
    }

    private static String name(Path directory) {
        return "log" + Integer.toHexString(directory.hashCode());
    }

    @Override
    Database database(Path directory) {
        return new Database(databases.computeIfAbsent(directory, PostgresEventStoreTest::create), () -> {});
    }

    private static DataSource create(Path directory) {
        EmbeddedPostgres running = Objects.requireNonNull(server);
        String name = name(directory);
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return running.getDatabase("postgres", name);
    }
}
