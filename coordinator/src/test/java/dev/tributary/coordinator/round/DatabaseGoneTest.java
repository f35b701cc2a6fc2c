package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.log.LogDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away, or breaks off in the middle of a commit, holds jobs up and costs nothing. */
class DatabaseGoneTest {

    @TempDir
    Path directory;

    @Test
    void commitsWhoseAnswersAreLostAreNotMadeTwice() {
        List<FailingStore> stores = new ArrayList<>();
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES, new Database(directory), store -> {
            FailingStore failing = new FailingStore(store, 4);
            stores.add(failing);
            return failing;
        })) {
            f.honestAgents();
            f.submit(Jobs.job(2, 3, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(stores.get(0).lost()).isPositive();
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().values()).allMatch(r -> r.attempts().size() == 1);
            assertThat(f.eventTypes(Jobs.ID))
                    .filteredOn("update-accepted"::equals)
                    .hasSize(6);
            assertThat(f.store().verify(Jobs.ID.value())).isEmpty();
            f.await("nothing is waited for", e -> e.obstacles().all().isEmpty());
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void aPostgresqlThatIsStoppedAndStartedIsWaitedFor() throws IOException {
        EmbeddedPostgres server = postgres(0);
        int port = server.getPort();
        String url = server.getJdbcUrl("postgres", "postgres");
        try (HikariDataSource pool = LogDatabase.open(url, "postgres", "", Duration.ofSeconds(6));
                TestFederation f = new TestFederation(
                        directory, TestFederation.RULES, new Database(pool, () -> {}), store -> store)) {
            f.honestAgents();
            f.submit(Jobs.job(3, 3, false, "last"));
            f.awaitJob(
                    "a round is published",
                    job -> job.resultVersion() >= 0 || job.lastRound().isPresent());
            server.close();
            f.await(
                    "the database is missed",
                    e -> e.obstacles().of(Jobs.ID.value()).isPresent());
            JobState before = f.job();
            assertThat(f.engine().isWorking()).isTrue();

            server = postgres(port);
            JobState job = f.awaitEnd();

            assertThat(before.status()).isEqualTo(JobStatus.RUNNING);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().values()).allMatch(r -> r.attempts().size() == 1);
            assertThat(f.store().verify(Jobs.ID.value())).isEmpty();
            f.await("nothing is waited for", e -> e.obstacles().all().isEmpty());
        } finally {
            server.close();
        }
    }

    /** @param port 0 for any that is free */
    private EmbeddedPostgres postgres(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start();
    }
}
