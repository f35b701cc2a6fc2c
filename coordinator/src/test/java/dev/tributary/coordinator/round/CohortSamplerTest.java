package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.Jobs;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CohortSamplerTest {

    private static final List<AgentProfile> AGENTS = IntStream.range(10, 30)
            .mapToObj(i -> ScriptedAgent.profile(new AgentId("site-" + i)))
            .toList();

    private static Job job(double fraction, int quorum) {
        Job base = Jobs.job(3, quorum, false, "last");
        return new Job(
                base.name(),
                base.baseModel(),
                base.task(),
                base.adapter(),
                base.training(),
                base.aggregation(),
                base.rounds(),
                base.keep(),
                new Job.CohortRules(fraction, quorum, base.cohort().deadline(), false),
                base.upload(),
                base.privacy(),
                base.seed());
    }

    private static List<AgentId> draw(Job job, int round, int attempt) {
        return CohortSampler.draw(job, round, attempt, AGENTS).stream()
                .map(AgentProfile::id)
                .toList();
    }

    @Test
    void theFractionIsDrawnRoundedUp() {
        assertThat(draw(job(0.25, 2), 1, 1)).hasSize(5).isSorted().doesNotHaveDuplicates();
        assertThat(draw(job(0.26, 2), 1, 1)).hasSize(6);
        assertThat(draw(job(1.0, 2), 1, 1)).hasSize(20);
    }

    @Test
    void atLeastTheQuorumIsDrawn() {
        assertThat(draw(job(0.1, 7), 1, 1)).hasSize(7);
    }

    @Test
    void overSelectionDrawsMoreThanAreWaitedFor() {
        Job job = Jobs.job(new Job.Pace(1.3, Duration.ZERO, 0));

        assertThat(CohortSampler.wanted(job, 10)).isEqualTo(10);
        assertThat(CohortSampler.draw(job, 1, 1, AGENTS))
                .as("there are no more")
                .hasSize(20);
        assertThat(job.cohort().pace().drawn(5, 20)).isEqualTo(7);
    }

    @Test
    void equalSeedRoundAndAttemptDrawTheSame() {
        assertThat(draw(job(0.25, 2), 3, 1)).isEqualTo(draw(job(0.25, 2), 3, 1));
    }

    @Test
    void roundsDrawDifferentAgentsAndAllComeByInTime() {
        Set<AgentId> seen = new HashSet<>();
        for (int round = 1; round <= 30; round++) {
            seen.addAll(draw(job(0.25, 2), round, 1));
        }

        assertThat(seen).hasSize(20);
        assertThat(draw(job(0.25, 2), 1, 1)).isNotEqualTo(draw(job(0.25, 2), 1, 2));
    }
}
