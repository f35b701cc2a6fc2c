package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.coordinator.view.RoundView;
import dev.tributary.plan.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole clients protected by noise that the coordinator adds, agents by script. */
class ClientPrivacyTest {

    @TempDir
    Path directory;

    static Job job(int rounds, Map<String, String> more) {
        Job plain = Jobs.job(rounds, 3, false, "last");
        TreeMap<String, String> terms = new TreeMap<>(Map.of(
                "trust", "central",
                "relation", "add-remove",
                "sampling", "full",
                "clipping", "fixed",
                "clip", "0.5",
                "weights", "uniform",
                "epsilon", "8",
                "delta", "1e-3"));
        terms.putAll(more);
        return new Job(
                plain.name(),
                plain.baseModel(),
                plain.task(),
                plain.adapter(),
                plain.training(),
                plain.aggregation(),
                plain.rounds(),
                plain.keep(),
                plain.cohort(),
                plain.upload(),
                new Job.Privacy("client", terms),
                plain.seed());
    }

    private JobState run(Job job) {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.submit(job);
            return f.awaitEnd();
        }
    }

    private static List<Diagnostics> figures(JobState job) {
        return job.rounds().values().stream()
                .filter(round -> round.publication() != null)
                .map(round -> round.publication().diagnostics())
                .toList();
    }

    @Test
    void everyRoundIsChargedAndAllTogetherUseTheBudgetUp() {
        JobState job = run(job(3, Map.of()));

        assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
        assertThat(figures(job)).extracting(Diagnostics::epsilon).isSorted().doesNotHaveDuplicates();
        assertThat(figures(job).get(2).epsilon()).isCloseTo(8, within(0.05)).isLessThanOrEqualTo(8);
        assertThat(RoundView.of(job.rounds().get(3)).epsilon())
                .isEqualTo(figures(job).get(2).epsilon());
        // Errors of single updates would tell of them.
        assertThat(figures(job)).extracting(Diagnostics::aggregationError).containsOnly(Double.NaN);
        assertThat(directory.resolve("privacy/reviews-clients-client-add-remove.ledger"))
                .isNotEmptyFile();
    }

    @Test
    void theJobEndsWithTheLastRoundThatTheBudgetAllows() {
        JobState job = run(job(3, Map.of("noise-multiplier", "0.9")));

        assertThat(job.status()).isEqualTo(JobStatus.BUDGET_EXHAUSTED);
        assertThat(job.reason()).contains("budget is exhausted");
        assertThat(job.publications().map(Publication::state)).hasSizeBetween(2, 3);
    }

    @Test
    void theNormFollowsTheClientsReports() {
        // Three clients allow 2σ_b = 0.3; scripted agents do not report, which counts as above the norm.
        JobState job = run(job(2, Map.of("clipping", "adaptive", "noise-multiplier", "0.2", "epsilon", "1e6")));

        assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
        double first = figures(job).get(0).more().get("nextClip");
        assertThat(figures(job).get(0).more().get("clip")).isEqualTo(0.5);
        assertThat(first).isNotEqualTo(0.5).isBetween(0.4, 0.7);
        assertThat(figures(job).get(1).more().get("clip")).isEqualTo(first);
    }
}
