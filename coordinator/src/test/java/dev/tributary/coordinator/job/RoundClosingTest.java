package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundClosingTest {

    private static final AgentId AMAZON = SITES.get(0);
    private static final AgentId IMDB = SITES.get(1);
    private static final AgentId YELP = SITES.get(2);

    @Test
    void openingSendsEveryMemberItsPlanAndTheStatesBlobs() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));

        for (AgentId site : SITES) {
            Message.Command command = d.sentTo(site, Message.Command.class).get(0);
            assertThat(command.plan().header().planId()).isEqualTo(Jobs.plan(1, 1, site));
            assertThat(command.blobs()).containsExactlyElementsOf(Jobs.state(0).locations());
        }
        assertThat(d.state.nextStep()).isEqualTo(new Step.Wait());
    }

    @Test
    void closesWhenEveryMemberHasAnswered() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, YELP));
        assertThat(d.attempt().isOpen()).as("the quorum alone closes nothing").isTrue();

        List<JobEvent> events = d.give(Jobs.received(1, 1, IMDB));

        assertThat(events.get(1)).isEqualTo(new JobEvent.RoundClosed(1, 1, SITES, "all-answered"));
        assertThat(d.state.nextStep()).isEqualTo(new Step.Aggregate(1));
    }

    @Test
    void refusedRejectedAndLostCountAsAnswers() {
        Driven d = Driven.inRound1(Jobs.job(2, 1, false, "last"));
        d.give(Jobs.refused(1, 1, AMAZON));
        d.give(new JobCommand.ReceiveUpdate(
                IMDB, Jobs.update(1, 1, IMDB, "bad"), new Flaw("not-finite", "tensor x holds NaN"), 10));

        assertThat(d.attempt().isOpen()).isTrue();
        d.give(Jobs.received(1, 1, YELP));

        assertThat(d.attempt().accepted()).containsExactly(YELP);
        assertThat(d.attempt().answers().get(IMDB).reason()).isEqualTo("not-finite");
        assertThat(d.attempt().answers().get(AMAZON).kind()).isEqualTo(Answer.Kind.REFUSED);
    }

    @Test
    void anAgentThatDiesDoesNotStopTheRoundOnceTheQuorumIsMet() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, IMDB));

        List<JobEvent> events = d.give(new JobCommand.LoseLease(YELP, Jobs.plan(1, 1, YELP), "silent"));

        assertThat(events.get(0)).isInstanceOf(JobEvent.AgentLost.class);
        assertThat(events.get(1)).isEqualTo(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, IMDB), "all-answered"));
        assertThat(d.sentTo(YELP, Message.Cancel.class)).hasSize(1);
    }

    @Test
    void aLostAgentMayComeBackWhileTheRoundIsOpen() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(new JobCommand.LoseLease(YELP, Jobs.plan(1, 1, YELP), "silent"));
        d.give(Jobs.received(1, 1, YELP));

        assertThat(d.attempt().with(Answer.Kind.ACCEPTED)).containsExactly(YELP);
        assertThat(d.attempt().with(Answer.Kind.LOST)).isEmpty();
    }

    @Test
    void closesAtTheDeadlineWithTheQuorumAndStopsTheOthers() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, IMDB));
        assertThat(d.after(Duration.ofMinutes(9))).isEmpty();

        List<JobEvent> events = d.after(Duration.ofMinutes(1));

        assertThat(events).containsExactly(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, IMDB), "deadline"));
        assertThat(d.sentTo(YELP, Message.Cancel.class))
                .extracting(Message.Cancel::planId)
                .containsExactly(Jobs.plan(1, 1, YELP));
    }

    @Test
    void belowTheQuorumAtTheDeadlineTheRoundIsAbandonedAndOpenedAgain() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));

        List<JobEvent> events = d.after(Duration.ofMinutes(10));

        assertThat(events).singleElement().isInstanceOf(JobEvent.RoundAbandoned.class);
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(1, 2));
        assertThat(d.sentTo(AMAZON, Message.Verdict.class))
                .singleElement()
                .satisfies(v -> assertThat(v.accepted()).isFalse());
    }

    @Test
    void afterTheLastAttemptTheJobFailsAndSaysWhy() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        for (int attempt = 1; attempt <= 3; attempt++) {
            if (attempt > 1) {
                d.give(Jobs.open(d.state, 1, attempt, d.now, SITES));
            }
            for (AgentId site : SITES) {
                d.give(Jobs.refused(1, attempt, site));
            }
        }

        assertThat(d.state.status()).isEqualTo(JobStatus.FAILED);
        assertThat(d.state.reason()).contains("round 1").contains("3 times").contains("amazon refused: policy");
        assertThat(d.state.nextStep()).isEqualTo(new Step.Wait());
    }

    @Test
    void closesAtTheQuorumOnlyWhenTheJobAsksForIt() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, true, "last"));
        d.give(Jobs.received(1, 1, YELP));
        List<JobEvent> events = d.give(Jobs.received(1, 1, AMAZON));

        assertThat(events).contains(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, YELP), "quorum"));
        assertThat(d.sentTo(IMDB, Message.Cancel.class)).hasSize(1);
    }

    @Test
    void aQuorumOfZeroAsksForTheWholeCohort() {
        Driven d = Driven.inRound1(Jobs.job(2, 0, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, IMDB));
        List<JobEvent> events = d.give(Jobs.refused(1, 1, YELP));

        assertThat(events.get(1)).isInstanceOf(JobEvent.RoundAbandoned.class);
    }

    @Test
    void acceptedAgentsHearTheVerdictWhenTheRoundCloses() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        d.give(Jobs.received(1, 1, AMAZON));
        assertThat(d.sentTo(AMAZON, Message.Verdict.class)).isEmpty();

        d.give(Jobs.received(1, 1, IMDB));
        d.give(Jobs.received(1, 1, YELP));

        assertThat(d.sentTo(AMAZON, Message.Verdict.class))
                .singleElement()
                .satisfies(v -> assertThat(v.accepted()).isTrue());
    }

    @Test
    void anUnreadableUpdateIsLeftOutWhenTheQuorumStillHolds() {
        Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));
        SITES.forEach(site -> d.give(Jobs.received(1, 1, site)));

        d.give(new JobCommand.DropUpdate(1, IMDB, "tensor x is odd"));

        assertThat(d.attempt().accepted()).containsExactly(AMAZON, YELP);
        assertThat(d.attempt().answers().get(IMDB).kind()).isEqualTo(Answer.Kind.REJECTED);
        assertThat(d.state.nextStep()).isEqualTo(new Step.Aggregate(1));
        d.give(new JobCommand.DropUpdate(1, YELP, "tensor y is odd"));
        assertThat(d.state.nextStep()).isEqualTo(new Step.OpenRound(1, 2));
    }
}
