package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Refusal;
import dev.tributary.protocol.Message;
import org.junit.jupiter.api.Test;

class BudgetEndTest {

    private static JobCommand.ReceiveRefusal refusal(String planId, int round, AgentId agent, String reason) {
        return new JobCommand.ReceiveRefusal(
                agent, new Refusal(planId, Jobs.ID, round, 1, agent, reason, "epsilon 9 of 8"));
    }

    /** Round 1 is published and being measured, round 2 is open. */
    private static Driven inRound2(int quorum) {
        Driven d = Driven.inRound1(Jobs.job(5, quorum, false, "last"));
        SITES.forEach(site -> d.give(Jobs.received(1, 1, site)));
        d.give(new JobCommand.RecordState(Jobs.state(1)));
        d.give(Jobs.evaluate(d.state, 1, d.now, SITES));
        d.give(Jobs.open(d.state, 2, 1, d.now, SITES));
        return d;
    }

    @Test
    void anExhaustedBudgetEndsTheJobWithTheLastAffordableRound() {
        Driven d = inRound2(3);
        d.give(refusal(Jobs.plan(2, 1, SITES.get(0)), 2, SITES.get(0), "budget-exhausted"));
        d.give(Jobs.received(2, 1, SITES.get(1)));
        d.give(Jobs.received(2, 1, SITES.get(2)));

        assertThat(d.state.status()).as("round 1 is being measured").isEqualTo(JobStatus.RUNNING);
        assertThat(d.state.nextStep()).isEqualTo(new Step.Wait());
        SITES.forEach(site -> d.give(Jobs.measured(1, site, 0.9)));

        assertThat(d.state.status()).isEqualTo(JobStatus.BUDGET_EXHAUSTED);
        assertThat(d.state.resultVersion()).isEqualTo(1);
        assertThat(d.state.reason()).contains("budget-exhausted", "epsilon 9 of 8");
        assertThat(Driven.replay(d.log, d.log.size()).state).isEqualTo(d.state);
    }

    @Test
    void theOthersGoOnWhereTheQuorumIsMetWithoutTheExhaustedSite() {
        Driven d = inRound2(2);
        d.give(refusal(Jobs.plan(2, 1, SITES.get(0)), 2, SITES.get(0), "budget-exhausted"));
        d.give(Jobs.received(2, 1, SITES.get(1)));
        d.give(Jobs.received(2, 1, SITES.get(2)));

        assertThat(d.state.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(d.state.nextStep()).isEqualTo(new Step.Aggregate(2));
    }

    @Test
    void anAlarmEndsTheJobAndReleasesNothing() {
        Driven d = inRound2(3);
        AgentId imdb = SITES.get(1);
        d.give(refusal(Jobs.evaluation(1, imdb), 1, imdb, "privacy-alarm"));

        assertThat(d.state.status()).isEqualTo(JobStatus.PRIVACY_ALARM);
        assertThat(d.state.resultVersion()).isEqualTo(-1);
        assertThat(d.state.reason()).contains("imdb", "epsilon 9 of 8");
        assertThat(d.sentTo(SITES.get(0), Message.Cancel.class))
                .as("round 2 is called off")
                .isNotEmpty();
    }
}
