package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part that never changes does not keep the wire from letting go of what came after it. */
class WireSpanTest {

    @TempDir
    Path directory;

    @Test
    void aFrozenFactorIsPublishedAgainAndNothingElseIs() {
        Job plain = Jobs.job(12, 3, false, "last");
        Job ffa = new Job(
                plain.name(),
                plain.baseModel(),
                plain.task(),
                plain.adapter(),
                plain.training(),
                new Job.Aggregation("ffa", new TreeMap<>()),
                plain.rounds(),
                plain.keep(),
                plain.cohort(),
                plain.upload(),
                plain.privacy(),
                plain.seed());
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.submit(ffa);
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            List<StateRef> states = job.publications().map(Publication::state).toList();
            Set<BlobRef> frozen = Set.copyOf(states.get(0).parts().values());
            List<BlobLocation> last = job.locationsOf(states.get(12));
            assertThat(last).anyMatch(location -> frozen.contains(location.blob()));
            long published =
                    last.stream().mapToLong(BlobLocation::lastOffset).max().orElseThrow();
            long oldest =
                    last.stream().mapToLong(BlobLocation::firstOffset).min().orElseThrow();
            assertThat(published - oldest).isLessThanOrEqualTo(9);
            // Two parts at first, one a round, and the frozen one once in a while.
            assertThat(published).isBetween(13L, 18L);
        }
    }
}
