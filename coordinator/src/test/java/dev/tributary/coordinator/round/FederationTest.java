package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.Answer;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.job.Round;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The running side as a whole, agents by script. */
class FederationTest {

    private static final AgentId AMAZON = Jobs.SITES.get(0);
    private static final AgentId IMDB = Jobs.SITES.get(1);
    private static final AgentId YELP = Jobs.SITES.get(2);

    @TempDir
    Path directory;

    @Test
    void aJobRunsToItsEndAndEveryRoundIsMeasured() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.submit(Jobs.job(3, 3, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds()).hasSize(3);
            for (Round round : job.rounds().values()) {
                assertThat(round.attempt().accepted()).containsExactlyElementsOf(Jobs.SITES);
                assertThat(round.evaluation().metrics()).hasSize(3);
                assertThat(round.publication().diagnostics().aggregationError()).isFinite();
                assertThat(round.bytesUp()).isGreaterThan(1000);
            }
            assertThat(f.store().verify(Jobs.ID.value())).isEmpty();
        }
    }

    @Test
    void anAgentThatDiesMidRoundDoesNotStopItOnceTheQuorumIsMet() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.ANSWER);
            f.agent(IMDB, plan -> ScriptedAgent.Act.ANSWER);
            f.agent(YELP, plan -> ScriptedAgent.Act.DIE);
            f.awaitAgents(3);
            f.submit(Jobs.job(2, 2, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().get(1).attempt().answers().get(YELP).kind()).isEqualTo(Answer.Kind.LOST);
            assertThat(job.rounds().get(1).attempt().accepted()).containsExactly(AMAZON, IMDB);
            assertThat(job.rounds().get(2).attempt().members()).containsOnlyKeys(AMAZON, IMDB);
        }
    }

    @Test
    void belowTheQuorumTheRoundIsOpenedAgain() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.ANSWER);
            f.agent(IMDB, plan -> plan.header().attempt() == 1 ? ScriptedAgent.Act.REFUSE : ScriptedAgent.Act.ANSWER);
            f.agent(YELP, plan -> plan.header().attempt() == 1 ? ScriptedAgent.Act.REFUSE : ScriptedAgent.Act.ANSWER);
            f.awaitAgents(3);
            f.submit(Jobs.job(1, 2, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().get(1).attempts()).hasSize(2);
            assertThat(job.rounds().get(1).attempt().accepted()).containsExactlyElementsOf(Jobs.SITES);
        }
    }

    @Test
    void brokenUpdatesAreRejectedWithTheirReasonAndTheAgentIsTold() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.ANSWER_TWICE);
            ScriptedAgent imdb = f.agent(IMDB, plan -> ScriptedAgent.Act.NAN);
            ScriptedAgent yelp = f.agent(YELP, plan -> ScriptedAgent.Act.WRONG_LAYOUT);
            f.awaitAgents(3);
            f.submit(Jobs.job(1, 1, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().get(1).attempt().accepted()).containsExactly(AMAZON);
            assertThat(job.rounds().get(1).attempt().answers().get(IMDB).reason())
                    .isEqualTo("not-finite");
            assertThat(job.rounds().get(1).attempt().answers().get(YELP).reason())
                    .isEqualTo("wrong-layout");
            assertThat(verdicts(imdb)).singleElement().asString().contains("not-finite");
            assertThat(verdicts(yelp)).singleElement().asString().contains("wrong-layout");
            assertThat(f.eventTypes(Jobs.ID)).containsOnlyOnce("update-accepted");
        }
    }

    @Test
    void otherContentForTheSamePlanIsRecordedAndTheFirstStands() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.SWAP_CONTENT);
            f.agent(IMDB, plan -> ScriptedAgent.Act.ANSWER);
            f.awaitAgents(2);
            f.submit(Jobs.job(1, 2, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.rounds().get(1).attempt().accepted()).containsExactly(AMAZON, IMDB);
        }
    }

    @Test
    void aCoordinatorStoppedMidRoundResumesTheSameRound() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.ANSWER);
            f.agent(IMDB, plan -> ScriptedAgent.Act.ANSWER);
            f.awaitAgents(2);
            f.agent(YELP, plan -> ScriptedAgent.Act.DIE);
            f.awaitAgents(3);
            f.submit(Jobs.job(2, 3, false, "last"));
            f.awaitJob(
                    "two updates are in",
                    j -> !j.rounds().isEmpty()
                            && j.rounds()
                                            .get(1)
                                            .attempt()
                                            .with(Answer.Kind.ACCEPTED)
                                            .size()
                                    == 2);
            f.stopCoordinator();
            f.stopAgent(YELP);

            f.startCoordinator();
            f.agent(YELP, plan -> ScriptedAgent.Act.ANSWER);
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.rounds().get(1).attempts()).as("no round was redone").hasSize(1);
            assertThat(job.rounds().get(1).attempt().accepted()).containsExactlyElementsOf(Jobs.SITES);
            assertThat(f.eventTypes(Jobs.ID).stream().filter("update-accepted"::equals))
                    .hasSize(6);
        }
    }

    @Test
    void aRestartedJobEndsWithTheBytesOfAnUndisturbedOne() {
        StateRef undisturbed;
        try (TestFederation f = new TestFederation(directory.resolve("a"), TestFederation.RULES)) {
            f.honestAgents();
            f.submit(Jobs.job(3, 3, false, "last"));
            undisturbed = f.awaitEnd().latest().orElseThrow();
        }
        try (TestFederation f = new TestFederation(directory.resolve("b"), TestFederation.RULES)) {
            f.honestAgents();
            f.submit(Jobs.job(3, 3, false, "last"));
            for (int round = 1; round <= 2; round++) {
                int number = round;
                f.awaitJob(
                        "round " + number + " is published",
                        j -> j.rounds().containsKey(number)
                                && j.rounds().get(number).publication() != null);
                f.stopCoordinator();
                f.startCoordinator();
            }
            assertThat(f.awaitEnd().latest().orElseThrow().parts()).isEqualTo(undisturbed.parts());
        }
    }

    @Test
    void restartedAtAnyMomentItEndsTheSame() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.submit(Jobs.job(3, 3, false, "last"));
            for (int restart = 0; restart < 6 && !f.job().status().isFinal(); restart++) {
                int events = f.eventTypes(Jobs.ID).size();
                f.awaitJob(
                        "something happens",
                        j -> f.eventTypes(Jobs.ID).size() > events || j.status().isFinal());
                f.stopCoordinator();
                f.startCoordinator();
            }
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            for (Round round : job.rounds().values()) {
                assertThat(round.attempts()).hasSize(1);
                assertThat(round.attempt().accepted()).containsExactlyElementsOf(Jobs.SITES);
                assertThat(round.evaluation().metrics()).hasSize(3);
            }
            assertThat(f.eventTypes(Jobs.ID).stream().filter("update-accepted"::equals))
                    .hasSize(9);
            assertThat(f.store().verify(Jobs.ID.value())).isEmpty();
        }
    }

    @Test
    void withoutEnoughAgentsTheJobFailsAfterItsPatience() {
        RoundRules impatient = new RoundRules(
                java.time.Duration.ofMillis(500),
                TestFederation.RULES.stall(),
                java.time.Duration.ofSeconds(1),
                3,
                1e4,
                3);
        try (TestFederation f = new TestFederation(directory, impatient)) {
            f.agent(AMAZON, plan -> ScriptedAgent.Act.ANSWER);
            f.awaitAgents(1);
            f.submit(Jobs.job(1, 2, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.reason())
                    .contains("of the 2 agents")
                    .contains("1 are connected")
                    .contains("minilm");
        }
    }

    @Test
    void aStateThatGoesWithTheEqualOneOfAnotherJobIsMadeAgain() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            f.honestAgents();
            f.disk().lose();
            f.submit(Jobs.job(1, 3, false, "last"));
            JobState job = f.awaitEnd();

            assertThat(job.status()).as(job.reason()).isEqualTo(JobStatus.COMPLETED);
            assertThat(f.disk().hasLost()).isTrue();
        }
    }

    @Test
    void cancellingReachesTheAgents() {
        try (TestFederation f = new TestFederation(directory, TestFederation.RULES)) {
            ScriptedAgent amazon = f.agent(AMAZON, plan -> ScriptedAgent.Act.IGNORE);
            f.awaitAgents(1);
            f.submit(Jobs.job(1, 1, false, "last"));
            f.awaitJob("the round is open", j -> !j.rounds().isEmpty());
            f.engine().cancel(Jobs.ID, "not needed");
            f.awaitEnd();
            f.awaitJob("the agent heard it", j -> amazon.heard().stream().anyMatch(Message.Cancel.class::isInstance));

            assertThat(f.job().status()).isEqualTo(JobStatus.CANCELLED);
        }
    }

    private static List<String> verdicts(ScriptedAgent agent) {
        return agent.heard().stream()
                .filter(Message.Verdict.class::isInstance)
                .map(m -> ((Message.Verdict) m).reason())
                .toList();
    }
}
