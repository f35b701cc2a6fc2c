package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What closes a round before its deadline; time is the test's. */
class PaceTest {

    private static final AgentId AMAZON = SITES.get(0);
    private static final AgentId IMDB = SITES.get(1);
    private static final AgentId YELP = SITES.get(2);
    private static final Duration NOTHING = Duration.ZERO;

    private static Driven inRound1(double overSelection, Duration minimumWait, double adaptive) {
        return Driven.inRound1(Jobs.job(new Job.Pace(overSelection, minimumWait, adaptive)));
    }

    private static void answers(Driven d, AgentId site, Duration later) {
        d.now = d.now.plus(later);
        d.give(Jobs.received(1, 1, site));
    }

    @Test
    void withOverSelectionTheWantedNumberClosesTheRoundAndTheSlowestAreStopped() {
        Driven d = inRound1(1.5, NOTHING, 0);
        d.give(Jobs.received(1, 1, YELP));
        assertThat(d.attempt().isOpen()).isTrue();

        List<JobEvent> events = d.give(Jobs.received(1, 1, AMAZON));

        assertThat(events).contains(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, YELP), "enough"));
        assertThat(d.sentTo(IMDB, Message.Cancel.class)).hasSize(1);
    }

    @Test
    void nothingClosesBeforeTheMinimumWaitAndItsEndDoesWithoutAnotherAnswer() {
        Driven d = inRound1(1.5, Duration.ofSeconds(60), 0);
        answers(d, YELP, Duration.ofSeconds(5));
        answers(d, AMAZON, Duration.ofSeconds(5));
        assertThat(d.after(Duration.ofSeconds(49))).isEmpty();

        assertThat(d.after(Duration.ofSeconds(1)))
                .containsExactly(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, YELP), "enough"));
    }

    @Test
    void theLastAnswerClosesBeforeTheMinimumWait() {
        Driven d = inRound1(1, Duration.ofSeconds(60), 0);
        SITES.forEach(site -> answers(d, site, Duration.ofSeconds(1)));

        assertThat(d.attempt().cause()).isEqualTo("all-answered");
    }

    @Test
    void theAdaptiveDeadlineIsMedianPlusDeviationsOfTheArrivals() {
        Driven d = inRound1(1, NOTHING, 3);
        answers(d, AMAZON, Duration.ofSeconds(10));
        assertThat(d.after(Duration.ofSeconds(10)))
                .as("one update is below the quorum")
                .isEmpty();
        d.give(Jobs.received(1, 1, IMDB)); // 10 s and 20 s: median 15 s, MAD 5 s, so 30 s
        assertThat(d.after(Duration.ofMillis(9_999))).isEmpty();

        assertThat(d.after(Duration.ofMillis(1)))
                .containsExactly(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, IMDB), "adaptive-deadline"));
    }

    @Test
    void theAdaptiveDeadlineNeverComesAfterTheDeadline() {
        Driven d = inRound1(1, NOTHING, 1000);
        answers(d, AMAZON, Duration.ofSeconds(10));
        answers(d, IMDB, Duration.ofSeconds(10));

        assertThat(d.after(Duration.ofMinutes(10)))
                .containsExactly(new JobEvent.RoundClosed(1, 1, List.of(AMAZON, IMDB), "deadline"));
    }

    @Test
    void belowTheQuorumOnlyTheDeadlineEndsTheWait() {
        Driven d = inRound1(1.5, NOTHING, 1);
        answers(d, AMAZON, Duration.ofSeconds(10));
        assertThat(d.after(Duration.ofMinutes(9))).isEmpty();

        assertThat(d.after(Duration.ofMinutes(1))).singleElement().isInstanceOf(JobEvent.RoundAbandoned.class);
    }
}
