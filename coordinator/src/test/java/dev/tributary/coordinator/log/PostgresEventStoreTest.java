package dev.tributary.coordinator.log;

import dev.tributary.coordinator.round.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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

    @Override
    Database database(Path directory) {
        return new Database(databases.computeIfAbsent(directory, PostgresEventStoreTest::create), () -> {});
    }

    private static DataSource create(Path directory) {
        EmbeddedPostgres running = Objects.requireNonNull(server);
        String name = "log" + Integer.toHexString(directory.hashCode());
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return running.getDatabase("postgres", name);
    }
}
