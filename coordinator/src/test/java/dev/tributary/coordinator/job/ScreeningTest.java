package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreeningTest {

    private static final AgentId AMAZON = SITES.get(0);
    private static final AgentId YELP = SITES.get(2);

    private final Driven d = Driven.inRound1(Jobs.job(2, 2, false, "last"));

    private void isRejected(AgentId from, Update update, String reason) {
        List<JobEvent> events = d.give(new JobCommand.ReceiveUpdate(from, update, null, 10));

        assertThat(events.get(0)).isInstanceOfSatisfying(JobEvent.UpdateRejected.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.agent()).isEqualTo(from);
            assertThat(e.message()).isNotBlank();
        });
        assertThat(d.sentTo(from, Message.Verdict.class))
                .last()
                .satisfies(v -> assertThat(v.reason()).startsWith(reason + ":"));
    }

    private static Update with(Update u, String layout, int base, int state, long examples) {
        return new Update(
                u.planId(),
                u.job(),
                u.round(),
                u.attempt(),
                u.agent(),
                u.tensors(),
                layout,
                base,
                state,
                examples,
                u.training(),
                u.bytesReceived());
    }

    @Test
    void aPlanOfAnotherAgentIsRejectedAndTheOwnerMayStillAnswer() {
        isRejected(YELP, Jobs.update(1, 1, AMAZON, "x"), "wrong-sender");

        assertThat(d.attempt().waiting()).containsExactlyElementsOf(SITES);
        d.give(Jobs.received(1, 1, AMAZON));
        assertThat(d.attempt().with(Answer.Kind.ACCEPTED)).containsExactly(AMAZON);
    }

    @Test
    void aPlanThatWasNeverSentIsRejected() {
        isRejected(AMAZON, Jobs.update(5, 1, AMAZON, "x"), "unknown-plan");
        isRejected(AMAZON, Jobs.update(1, 2, AMAZON, "x"), "unknown-plan");
    }

    @Test
    void anotherBaseVersionIsRejected() {
        isRejected(AMAZON, with(Jobs.update(1, 1, AMAZON, "x"), Jobs.LAYOUT, 3, 0, 10), "wrong-base-version");
    }

    @Test
    void anotherStateVersionIsRejected() {
        isRejected(AMAZON, with(Jobs.update(1, 1, AMAZON, "x"), Jobs.LAYOUT, 0, 4, 10), "wrong-state-version");
    }

    @Test
    void anotherLayoutIsRejected() {
        isRejected(AMAZON, with(Jobs.update(1, 1, AMAZON, "x"), "other", 0, 0, 10), "wrong-layout");
    }

    @Test
    void anUpdateWithoutExamplesIsRejected() {
        isRejected(AMAZON, with(Jobs.update(1, 1, AMAZON, "x"), Jobs.LAYOUT, 0, 0, 0), "no-examples");
    }

    @Test
    void theSameContentTwiceCountsOnce() {
        d.give(Jobs.received(1, 1, AMAZON));
        assertThat(d.give(Jobs.received(1, 1, AMAZON))).isEmpty();

        assertThat(d.attempt().with(Answer.Kind.ACCEPTED)).containsExactly(AMAZON);
    }

    @Test
    void otherContentForTheSamePlanIsEquivocationAndTheFirstStands() {
        d.give(Jobs.received(1, 1, AMAZON));
        isRejected(AMAZON, Jobs.update(1, 1, AMAZON, "other"), "equivocation");

        assertThat(d.attempt().with(Answer.Kind.ACCEPTED)).containsExactly(AMAZON);
    }

    @Test
    void aRejectedUpdateSentAgainIsToldAgainWithoutANewEvent() {
        Update bad = Jobs.update(1, 1, AMAZON, "bad");
        d.give(new JobCommand.ReceiveUpdate(AMAZON, bad, new Flaw("not-finite", "NaN"), 10));
        assertThat(d.give(new JobCommand.ReceiveUpdate(AMAZON, bad, null, 10))).isEmpty();

        assertThat(d.sentTo(AMAZON, Message.Verdict.class)).hasSize(2).allMatch(v -> !v.accepted());
    }

    @Test
    void anUpdateAfterTheCloseIsLate() {
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, SITES.get(1)));
        d.after(Duration.ofMinutes(10));

        isRejected(YELP, Jobs.update(1, 1, YELP, "x"), "late");
        assertThat(d.attempt().accepted()).doesNotContain(YELP);
    }

    @Test
    void anUpdateForAnAbandonedAttemptIsLate() {
        d.after(Duration.ofMinutes(10));
        d.give(Jobs.open(d.state, 1, 2, d.now, SITES));

        isRejected(AMAZON, Jobs.update(1, 1, AMAZON, "x"), "late");
        assertThat(d.attempt().waiting()).contains(AMAZON);
    }

    @Test
    void acceptedUpdatesSentAgainAfterTheCloseHearTheirVerdictAgain() {
        SITES.forEach(site -> d.give(Jobs.received(1, 1, site)));
        d.give(Jobs.received(1, 1, AMAZON));

        assertThat(d.sentTo(AMAZON, Message.Verdict.class)).hasSize(2).allMatch(Message.Verdict::accepted);
    }
}
