package dev.tributary.coordinator.config;

import com.zaxxer.hikari.HikariDataSource;
import dev.tributary.coordinator.federation.FederationEvent;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.H2Housekeeping;
import dev.tributary.coordinator.log.JdbcEventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.log.LogDatabase;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.registry.RegistryEvent;
import dev.tributary.coordinator.security.AccessEvent;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.FileBlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Database, blobs, clock. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TributaryProperties.class)
class StoreConfiguration {

    /** Commits are written before they return (WRITE_DELAY=0), so that a killed process loses none. */
    private static final String H2_SETTINGS = ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE"
            + ";CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE" + H2Housekeeping.RETENTION;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    DataDirectoryLock dataDirectoryLock(TributaryProperties properties) {
        return DataDirectoryLock.of(directory(properties.dataDir()));
    }

    @Bean
    HikariDataSource dataSource(TributaryProperties properties, DataDirectoryLock lock) {
        TributaryProperties.Database database = properties.database();
        Duration lease = properties.leadership().lease();
        if (!database.url().isBlank()) {
            return LogDatabase.open(database.url(), database.username(), database.password(), lease);
        }
        Path file = directory(properties.dataDir()).resolve("coordinator");
        return LogDatabase.open("jdbc:h2:file:" + file + H2_SETTINGS, "sa", "", lease);
    }

    /** Of a database server nothing is tidied from here. */
    @Bean
    @ConditionalOnProperty(name = "tributary.database.url", havingValue = "", matchIfMissing = true)
    H2Housekeeping h2Housekeeping(HikariDataSource dataSource) {
        return new H2Housekeeping(dataSource);
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "tributary.data-dir " + path + " cannot be created: " + e.getMessage()
                            + "; set tributary.data-dir to a writable directory",
                    e);
        }
    }

    @Bean
    LogFeed logFeed() {
        return new LogFeed();
    }

    @Bean
    Leadership leadership(
            TributaryProperties properties, JdbcClient jdbc, FlywayMigrationInitializer migrated, Clock clock) {
        String holder = hostName() + ":" + properties.dataDir();
        if (properties.database().url().isBlank()) {
            return Leadership.seize(jdbc, holder, clock.instant()); // the data directory is locked: nobody else lives
        }
        try {
            return Leadership.await(jdbc, holder, properties.leadership().lease(), clock.instant());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while standing by", e);
        }
    }

    /** The data directory's lock says that no other process has this name. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Bean
    LeaderTransaction leaderTransaction(
            JdbcClient jdbc, PlatformTransactionManager transactions, Leadership leadership) {
        return new LeaderTransaction(jdbc, new TransactionTemplate(transactions), leadership.epoch());
    }

    @Bean
    EventStore eventStore(JdbcClient jdbc, LeaderTransaction leader) {
        EventCodec codec =
                new EventCodec(FederationEvent.TYPES, JobEvent.TYPES, AccessEvent.TYPES, RegistryEvent.TYPES);
        return new JdbcEventStore(jdbc, leader, codec);
    }

    @Bean
    BlobStore blobStore(TributaryProperties properties) {
        return new FileBlobStore(directory(properties.shared()).resolve("store"));
    }
}
