package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import dev.tributary.privacy.ledger.LedgerFiles;
import dev.tributary.privacy.ledger.PrivacyLedger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk holds jobs up, says so, and costs neither updates nor privacy budget. */
class DiskFullTest {

    @TempDir
    Path directory;

    @Test
    void roundsGoOnWhereTheyWereWhenThereIsRoomAgain() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            Set<Integer> filled = ConcurrentHashMap.newKeySet();
            Jobs.SITES.forEach(site -> f.agent(site, plan -> {
                int round = plan.header().round();
                if (filled.add(round)) {
                    f.disk().fill(round == 1);
                }
                return ScriptedAgent.Act.ANSWER;
            }));
            f.awaitAgents(3);
            f.submit(ClientPrivacyTest.job(2, Map.of("noise-multiplier", "4", "epsilon", "100")));

            awaitObstacle(f, Obstacles.INTAKE);
            f.disk().makeRoom();
            awaitObstacle(f, Jobs.ID.value());
            assertThat(new JobViews(f.engine(), new LogFeed(), Clock.systemUTC())
                            .job(Jobs.ID.value())
                            .orElseThrow()
                            .reason())
                    .startsWith("waiting since")
                    .contains("could not store it");
            assertThat(f.job().status()).isEqualTo(JobStatus.RUNNING);
            f.disk().makeRoom();
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().values()).allMatch(r -> r.attempts().size() == 1);
            assertThat(job.rounds().values())
                    .allMatch(r -> r.attempt().accepted().size() == 3);
            try (PrivacyLedger ledger = LedgerFiles.open(
                    directory.resolve("privacy"),
                    "reviews",
                    "clients",
                    PrivacyTermsReader.read(job.job().privacy()),
                    Clock.systemUTC())) {
                assertThat(ledger.reservations()).hasSize(2);
            }
            f.await("nothing is waited for", e -> e.obstacles().all().isEmpty());
        }
    }

    private static void awaitObstacle(TestFederation f, String kind) {
        f.await("waiting for " + kind, e -> e.obstacles().isMet(kind));
    }

    @Test
    void noRoundOpensWhileTheDiskIsNearlyFull() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.engine().obstacles().met(Obstacles.DISK, "hardly any room", Instant.now());
            f.submit(Jobs.job(1, 3, false, "last"));
            f.awaitJob("the initial state is there", job -> job.latest().isPresent());
            assertThat(f.job().rounds()).isEmpty();

            f.engine().obstacles().gone(Obstacles.DISK, Instant.now());

            assertThat(f.awaitEnd().status()).isEqualTo(JobStatus.COMPLETED);
        }
    }
}
