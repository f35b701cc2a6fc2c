package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.Answer;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.job.LateUpdates;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asynchronous training with a whole engine and one agent that is slow. */
class AsynchronousTest {

    private static final AgentId AMAZON = Jobs.SITES.get(0);
    private static final AgentId IMDB = Jobs.SITES.get(1);
    private static final AgentId YELP = Jobs.SITES.get(2);

    /** Nobody is lost, however slow the machine is. */
    private static final RoundRules PATIENT =
            new RoundRules(Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofMinutes(2), 3, 1e4, 3);

    @TempDir
    private Path directory;

    @Test
    void aSlowAgentHoldsNobodyUpAndItsUpdateCountsWhenItComes() {
        try (TestFederation f = new TestFederation(directory, PATIENT)) {
            ScriptedAgent yelp = f.agent(
                    YELP, plan -> plan.header().round() == 1 ? ScriptedAgent.Act.LATER : ScriptedAgent.Act.ANSWER);
            f.agent(IMDB, plan -> ScriptedAgent.Act.ANSWER);
            f.agent(AMAZON, plan -> {
                if (plan.header().round() == 3) {
                    yelp.release();
                    f.awaitJob("yelp's update is in", AsynchronousTest::hasLateUpdate);
                }
                return ScriptedAgent.Act.ANSWER;
            });
            f.awaitAgents(3);
            f.submit(Jobs.job(6, 0, new Job.Late(true, 0.5, 10, 2)));
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().get(1).attempt().accepted()).containsExactly(AMAZON, IMDB);
            assertThat(job.rounds().get(1).attempt().cause()).isEqualTo("buffer-full");
            String plan = job.rounds().get(1).attempt().members().get(YELP).planId();
            List<Integer> counted = job.rounds().values().stream()
                    .filter(round -> round.attempt().late().contains(plan))
                    .map(round -> round.number())
                    .toList();
            assertThat(counted)
                    .singleElement()
                    .satisfies(round -> assertThat(round).isGreaterThanOrEqualTo(3));
            f.await(
                    "yelp is told that it counts",
                    engine -> yelp.heard().stream()
                            .anyMatch(m ->
                                    m instanceof Message.Verdict v && v.planId().equals(plan) && v.accepted()));
        }
    }

    private static boolean hasLateUpdate(JobState job) {
        Answer answer = job.rounds().get(1).attempt().answers().get(YELP);
        return job.status().isFinal()
                || (answer != null && answer.kind() == Answer.Kind.DEFERRED)
                || !LateUpdates.waiting(job).isEmpty();
    }
}
