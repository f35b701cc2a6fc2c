package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Updates that come after their round closed, and rounds that are nothing but a buffer; time is the test's. */
class LateUpdatesTest {

    private static final AgentId AMAZON = SITES.get(0);
    private static final AgentId IMDB = SITES.get(1);
    private static final AgentId YELP = SITES.get(2);
    private static final Job.Late NEXT_ROUND = new Job.Late(true, 0.5, 2, 0);

    /** Round 1 closed at its deadline with two updates, imdb still trains; {@code rounds} as the job asks for. */
    private static Driven closedWithoutImdb(Job.Late late) {
        Driven d = Driven.inRound1(Jobs.job(5, 2, late));
        d.give(Jobs.received(1, 1, AMAZON));
        d.give(Jobs.received(1, 1, YELP));
        d.after(Duration.ofMinutes(10));
        return d;
    }

    private static void publishAndOpen(Driven d, int round, List<AgentId> cohort) {
        d.give(new JobCommand.RecordState(Jobs.state(round - 1)));
        d.give(Jobs.evaluate(d.state, round - 1, d.now, List.of()));
        d.give(Jobs.open(d.state, round, 1, d.now, cohort));
    }

    @Test
    void anAgentThatIsLateGoesOnAndItsUpdateCountsInTheNextRoundThatCloses() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        assertThat(d.attempt().cause()).isEqualTo("deadline");
        assertThat(d.sentTo(IMDB, Message.Cancel.class)).isEmpty();

        publishAndOpen(d, 2, List.of(AMAZON, YELP));
        Update late = Jobs.update(1, 1, IMDB, "1/" + IMDB);
        assertThat(d.give(Jobs.received(1, 1, IMDB))).containsExactly(new JobEvent.UpdateDeferred(late, 5000));
        d.give(Jobs.received(2, 1, AMAZON));
        List<JobEvent> events = d.give(Jobs.received(2, 1, YELP));

        assertThat(events)
                .contains(new JobEvent.RoundClosed(
                        2, 1, List.of(AMAZON, YELP), "all-answered", List.of(Jobs.plan(1, 1, IMDB))));
        assertThat(LateUpdates.of(d.state, d.attempt()))
                .extracting(LateUpdates.Deferred::update)
                .containsExactly(late);
        assertThat(d.sentTo(IMDB, Message.Verdict.class))
                .singleElement()
                .satisfies(v -> assertThat(v.accepted()).isTrue());
        assertThat(LateUpdates.waiting(d.state)).isEmpty();
    }

    @Test
    void anUpdateBetweenTwoRoundsWaitsForTheNextAndItsBlobIsKeptSoLong() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(Jobs.received(1, 1, IMDB));
        publishAndOpen(d, 2, List.of(AMAZON, YELP));
        assertThat(Needed.blobs(d.state, 1)).contains(Jobs.blob("1/" + IMDB));

        d.give(Jobs.received(2, 1, AMAZON));
        d.give(Jobs.received(2, 1, YELP));
        assertThat(Needed.blobs(d.state, 1)).contains(Jobs.blob("1/" + IMDB));

        d.give(new JobCommand.RecordState(Jobs.state(2)));
        assertThat(Needed.blobs(d.state, 1)).doesNotContain(Jobs.blob("1/" + IMDB));
    }

    @Test
    void ofTwoUpdatesOfOneAgentTheNewerCounts() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(Jobs.received(1, 1, IMDB));
        publishAndOpen(d, 2, SITES);
        SITES.forEach(site -> d.give(Jobs.received(2, 1, site)));

        assertThat(d.attempt().accepted()).isEqualTo(SITES);
        assertThat(d.attempt().late()).isEmpty();
        assertThat(d.sentTo(IMDB, Message.Verdict.class))
                .extracting(Message.Verdict::accepted)
                .containsExactly(false, true);
    }

    @Test
    void oneThatIsTooFarBehindIsToldToStopAndItsUpdateIsRejected() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        for (int round = 2; round <= 3; round++) {
            publishAndOpen(d, round, List.of(AMAZON, YELP));
            d.give(Jobs.received(round, 1, AMAZON));
            d.give(Jobs.received(round, 1, YELP));
        }
        assertThat(d.sentTo(IMDB, Message.Cancel.class)).isEmpty();

        publishAndOpen(d, 4, List.of(AMAZON, YELP));

        assertThat(d.sentTo(IMDB, Message.Cancel.class)).hasSize(1);
        assertThat(d.give(Jobs.received(1, 1, IMDB)))
                .singleElement()
                .isInstanceOfSatisfying(
                        JobEvent.UpdateRejected.class,
                        e -> assertThat(e.reason()).isEqualTo("late"));
    }

    @Test
    void oneThatFallsSilentIsNotWaitedFor() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(new JobCommand.LoseLease(IMDB, Jobs.plan(1, 1, IMDB), "nothing heard"));

        assertThat(LateUpdates.stragglers(d.state)).isEmpty();
    }

    @Test
    void withoutThatRuleLateUpdatesAreDroppedAsEver() {
        Driven d = closedWithoutImdb(Job.Late.DROPPED);

        assertThat(d.sentTo(IMDB, Message.Cancel.class)).hasSize(1);
        assertThat(LateUpdates.stragglers(d.state)).isEmpty();
        assertThat(d.give(Jobs.received(1, 1, IMDB))).singleElement().isInstanceOf(JobEvent.UpdateRejected.class);
    }

    @Test
    void theSameUpdateAgainIsToldItsVerdictOnceThereIsOne() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(Jobs.received(1, 1, IMDB));
        d.give(Jobs.received(1, 1, IMDB));
        assertThat(d.sentTo(IMDB, Message.Verdict.class)).isEmpty();

        publishAndOpen(d, 2, List.of(AMAZON, YELP));
        d.give(Jobs.received(2, 1, AMAZON));
        d.give(Jobs.received(2, 1, YELP));
        d.give(Jobs.received(1, 1, IMDB));

        assertThat(d.sentTo(IMDB, Message.Verdict.class))
                .extracting(Message.Verdict::accepted)
                .containsExactly(true, true);
    }

    @Test
    void anUnreadableLateUpdateIsLeftOutAndTheRoundGoesOn() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(Jobs.received(1, 1, IMDB));
        publishAndOpen(d, 2, List.of(AMAZON, YELP));
        d.give(Jobs.received(2, 1, AMAZON));
        d.give(Jobs.received(2, 1, YELP));

        d.give(new JobCommand.DropUpdate(2, IMDB, "holds NaN"));

        assertThat(d.attempt().phase()).isEqualTo(RoundPhase.AGGREGATING);
        assertThat(d.attempt().accepted()).containsExactly(AMAZON, YELP);
        assertThat(d.attempt().late()).isEmpty();
    }

    @Test
    void asynchronousRoundsCloseWhenTheBufferIsFullAndNobodyIsStopped() {
        Driven d = Driven.inRound1(Jobs.job(5, 0, new Job.Late(true, 0.5, 10, 1)), 1);
        d.give(Jobs.received(1, 1, AMAZON));
        assertThat(d.attempt().cause()).isEqualTo("buffer-full");

        publishAndOpen(d, 2, List.of(AMAZON), 1);
        List<JobEvent> events = d.give(Jobs.received(1, 1, YELP));

        assertThat(events)
                .contains(new JobEvent.RoundClosed(2, 1, List.of(), "buffer-full", List.of(Jobs.plan(1, 1, YELP))));
        assertThat(LateUpdates.stragglers(d.state))
                .extracting(s -> s.member().planId())
                .containsExactly(Jobs.plan(1, 1, IMDB), Jobs.plan(2, 1, AMAZON));
        assertThat(d.outbox).noneMatch(entry -> entry.message() instanceof Message.Cancel);
    }

    @Test
    void anAsynchronousRoundWithoutAFullBufferEndsAtItsDeadline() {
        Driven d = Driven.inRound1(Jobs.job(5, 0, new Job.Late(true, 0.5, 10, 3)), 3);
        d.give(Jobs.received(1, 1, AMAZON));

        assertThat(d.after(Duration.ofMinutes(10)))
                .containsExactly(new JobEvent.RoundClosed(1, 1, List.of(AMAZON), "deadline"));
    }

    @Test
    void aCancelledJobStopsThoseThatAreLateToo() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        d.give(new JobCommand.Cancel("enough"));

        assertThat(d.sentTo(IMDB, Message.Cancel.class)).hasSize(1);
        d.give(new JobCommand.Retry());
        assertThat(LateUpdates.stragglers(d.state)).isEmpty();
    }

    @Test
    void theLogGivesTheSameStateAfterEveryEvent() {
        Driven d = closedWithoutImdb(NEXT_ROUND);
        publishAndOpen(d, 2, List.of(AMAZON, YELP));
        d.give(Jobs.received(1, 1, IMDB));
        d.give(Jobs.received(2, 1, AMAZON));
        d.give(Jobs.received(2, 1, YELP));

        assertThat(Driven.replay(d.log, d.log.size()).state).isEqualTo(d.state);
    }

    private static void publishAndOpen(Driven d, int round, List<AgentId> cohort, int wanted) {
        d.give(new JobCommand.RecordState(Jobs.state(round - 1)));
        d.give(Jobs.evaluate(d.state, round - 1, d.now, List.of()));
        JobCommand.OpenRound open = Jobs.open(d.state, round, 1, d.now, cohort);
        d.give(new JobCommand.OpenRound(round, 1, open.deadline(), open.members(), open.plans(), wanted));
    }
}
