package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.blob.FileBlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(600)
class RetentionIT {
    private static final int ROUNDS = 200;

    @TempDir
    Path directory;

    @Test
    void storeAndWireHoldNoMoreAfterTwoHundredRoundsThanAfterTwenty() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.submit(Jobs.job(ROUNDS, 3, false, "last"));
            long early = most(f, 1, 20);
            most(f, 21, ROUNDS - 21);
            long late = most(f, ROUNDS - 20, ROUNDS);
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().values()).hasSize(ROUNDS).allSatisfy(round -> {
                assertThat(round.attempts()).hasSize(1);
                assertThat(round.attempt().accepted()).hasSize(3);
                assertThat(round.evaluation().metrics()).hasSize(3);
            });
            assertThat(early).isPositive();
            assertThat(late).as("files at most, early %d", early).isLessThanOrEqualTo(early + early / 2);
            FileBlobStore store = new FileBlobStore(directory.resolve("coordinator"));
            assertThat(job.latest().orElseThrow().parts().values()).allMatch(store::has);
            assertThat(files("coordinator")).isEqualTo(blobsOf(job.latest().orElseThrow()));
        }
    }

    /** Largest number of blobs seen while the job publishes these rounds. */
    private long most(TestFederation f, int from, int to) {
        long most = 0;
        for (int round = from; round <= to; round++) {
            int awaited = round;
            f.awaitJob(
                    "round " + round,
                    job -> job.latest().filter(s -> s.version() >= awaited).isPresent());
            most = Math.max(most, files("coordinator") + files("wire"));
        }
        return most;
    }

    private static long blobsOf(StateRef state) {
        return state.parts().values().stream().map(BlobRef::sha256).distinct().count();
    }

    private long files(String store) {
        try (Stream<Path> all = Files.find(
                directory.resolve(store).resolve("blobs"), 4, (path, attributes) -> attributes.isRegularFile())) {
            return all.count();
        } catch (IOException | UncheckedIOException e) {
            return 0; // a file went while it was counted
        }
    }
}
