package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobLifeTest {

    private static void train(Driven d, int round) {
        if (d.state.nextStep() instanceof Step.OpenRound open) {
            d.give(Jobs.open(d.state, round, open.attempt(), d.now, SITES));
        }
        SITES.forEach(site -> d.give(Jobs.received(round, d.attempt().number(), site)));
        d.give(new JobCommand.RecordState(Jobs.state(round)));
        d.give(Jobs.evaluate(d.state, round, d.now, SITES));
    }

    private static void measure(Driven d, int round, double... accuracies) {
        for (int i = 0; i < accuracies.length; i++) {
            d.give(Jobs.measured(round, SITES.get(i), accuracies[i]));
        }
    }

    @Test
    void beginsWithTheInitialState() {
        Driven d = new Driven(Jobs.job(1, 2, false, "last"));

        assertThat(d.state.nextStep()).isEqualTo(new Step.Initialise());
        d.give(new JobCommand.RecordState(Jobs.state(0)));
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(1, 1));
        assertThat(d.give(new JobCommand.RecordState(Jobs.state(0))))
                .as("published once")
                .isEmpty();
    }

    @Test
    void theNextRoundDoesNotWaitForMetrics() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        train(d, 1);

        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(2, 1));
        train(d, 2);
        assertThat(d.state.nextStep()).isEqualTo(new Step.Wait());
        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);
        measure(d, 2, 0.9, 0.9, 0.9);
        assertThat(d.state.status()).as("round 1 is not measured yet").isEqualTo(JobStatus.RUNNING);
        measure(d, 1, 0.8, 0.8, 0.8);

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.state.resultVersion()).isEqualTo(2);
    }

    @Test
    void metricsAreTheMeanOverTheAgentsOfThatRound() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        train(d, 1);
        measure(d, 1, 0.9, 0.8, 0.7);

        EvaluationState evaluation = d.state.lastRound().orElseThrow().evaluation();
        assertThat(evaluation).isNotNull();
        assertThat(evaluation.mean().get("accuracy")).isCloseTo(0.8, within(1e-12));
        assertThat(evaluation.isOpen()).isFalse();
    }

    @Test
    void theLastEvaluationEndsAtItsDeadline() {
        Driven d = Driven.inRound1(Jobs.job(1, 2, false, "last"));
        train(d, 1);
        measure(d, 1, 0.9);
        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);

        d.after(Duration.ofMinutes(10));

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.sentTo(SITES.get(1), Message.Cancel.class))
                .extracting(Message.Cancel::planId)
                .containsExactly(Jobs.evaluation(1, SITES.get(1)));
    }

    @Test
    void anEvaluationOfNobodyClosesAtOnce() {
        Driven d = Driven.inRound1(Jobs.job(1, 2, false, "last"));
        SITES.forEach(site -> d.give(Jobs.received(1, 1, site)));
        d.give(new JobCommand.RecordState(Jobs.state(1)));
        d.give(Jobs.evaluate(d.state, 1, d.now, List.of()));

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aLostEvaluatorMayStillReport() {
        Driven d = Driven.inRound1(Jobs.job(1, 2, false, "last"));
        train(d, 1);
        d.give(new JobCommand.LoseLease(SITES.get(0), Jobs.evaluation(1, SITES.get(0)), "silent"));
        measure(d, 1, 0.9, 0.8);
        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);
        d.give(Jobs.measured(1, SITES.get(2), 0.7));

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.state.rounds().get(1).evaluation().metrics()).hasSize(3);
    }

    @Test
    void metricsFromAnotherAgentsPlanAreIgnored() {
        Driven d = Driven.inRound1(Jobs.job(1, 2, false, "last"));
        train(d, 1);
        JobCommand.ReceiveEvaluation honest = Jobs.measured(1, SITES.get(0), 1.0);

        assertThat(d.give(new JobCommand.ReceiveEvaluation(SITES.get(1), honest.evaluation())))
                .isEmpty();
    }

    @Test
    void keepBestNamesTheRoundWithTheBestMean() {
        Driven d = Driven.inRound1(Jobs.job(3, 2, false, "best"));
        double[] accuracy = {0.7, 0.9, 0.8};
        for (int round = 1; round <= 3; round++) {
            train(d, round);
            measure(d, round, accuracy[round - 1], accuracy[round - 1], accuracy[round - 1]);
        }

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.state.resultVersion()).isEqualTo(2);
    }

    @Test
    void cancellingTellsEverybodyAtWorkAndEndsTheJob() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, SITES.get(0)));
        d.give(new JobCommand.Cancel("not needed any more"));

        assertThat(d.state.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(d.state.reason()).isEqualTo("not needed any more");
        assertThat(d.sentTo(SITES.get(0), Message.Cancel.class)).isEmpty();
        assertThat(d.sentTo(SITES.get(1), Message.Cancel.class)).hasSize(1);
        assertThat(d.give(new JobCommand.Cancel("again"))).isEmpty();
        assertThat(d.after(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void aPausedJobFinishesItsRoundAndOpensNoFurtherOneUntilItIsResumed() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(new JobCommand.Pause("maintenance"));
        train(d, 1);
        measure(d, 1, 0.9, 0.9, 0.9);

        assertThat(d.state.status()).isEqualTo(JobStatus.PAUSED);
        assertThat(d.state.nextStep()).isEqualTo(new Step.Wait());
        assertThat(d.give(new JobCommand.Pause("again"))).isEmpty();
        d.give(new JobCommand.Resume());
        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(d.state.reason()).isEmpty();
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(2, 1));
        assertThat(d.give(new JobCommand.Resume())).isEmpty();
    }

    @Test
    void aCancelledJobThatIsRetriedOpensItsRoundAgain() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, SITES.get(0)));
        d.give(new JobCommand.Cancel("a mistake"));
        d.give(new JobCommand.Retry());

        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(d.state.finishedAt()).isNull();
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(1, 2));
        train(d, 1);
        assertThat(d.state.latest().orElseThrow().version()).isEqualTo(1);
        assertThat(d.give(new JobCommand.Retry())).as("a running job").isEmpty();
    }

    @Test
    void aRetriedJobGoesOnFromItsLastPublishedState() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        train(d, 1);
        d.give(new JobCommand.Fail("the disk is full"));
        d.give(new JobCommand.Retry());

        assertThat(d.state.rounds().get(1).evaluation().isOpen()).isFalse();
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(2, 1));
        train(d, 2);
        measure(d, 2, 0.9, 0.9, 0.9);
        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.give(new JobCommand.Retry())).as("a completed job").isEmpty();
    }

    @Test
    void afterTheEndUpdatesGetAVerdictButNoEvent() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(new JobCommand.Cancel("over"));
        AgentId site = SITES.get(1);

        assertThat(d.give(Jobs.received(1, 1, site))).isEmpty();
        assertThat(d.sentTo(site, Message.Verdict.class))
                .singleElement()
                .satisfies(v -> assertThat(v.accepted()).isFalse());
    }

    @Test
    void bytesAreCountedPerRound() {
        Driven d = Driven.inRound1(Jobs.job(1, 2, false, "last"));
        train(d, 1);
        measure(d, 1, 0.9, 0.9, 0.9);
        Round round = d.state.lastRound().orElseThrow();

        assertThat(round.bytesUp()).isEqualTo(15_000);
        assertThat(round.bytesDown()).isEqualTo(3 * 1000 + 3 * 10);
    }
}
