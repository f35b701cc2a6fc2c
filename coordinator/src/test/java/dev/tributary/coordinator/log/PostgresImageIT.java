package dev.tributary.coordinator.log;

import dev.tributary.coordinator.round.Database;
import dev.tributary.coordinator.testing.ComposeImages;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The same behaviour on the PostgreSQL image of docker-compose.yml; skipped where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
class PostgresImageIT extends JdbcEventStoreTest {

    @Container
    private static final PostgreSQLContainer POSTGRES =
            new PostgreSQLContainer(ComposeImages.startingWith("postgres:"));

    private final Map<Path, DataSource> databases = new HashMap<>();

    @Override
    Database database(Path directory) {
        return new Database(databases.computeIfAbsent(directory, PostgresImageIT::create), () -> {});
    }

    private static DataSource create(Path directory) {
        String name = "log" + Integer.toHexString(directory.hashCode());
        try (Connection connection = DriverManager.getConnection(
                        POSTGRES.getJdbcUrl(), POSTGRES.getUsername(), POSTGRES.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(POSTGRES.getJdbcUrl());
        source.setDatabaseName(name);
        source.setUser(POSTGRES.getUsername());
        source.setPassword(POSTGRES.getPassword());
        return source;
    }
}
