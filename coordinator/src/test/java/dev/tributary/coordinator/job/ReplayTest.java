package dev.tributary.coordinator.job;

import static dev.tributary.coordinator.job.Jobs.SITES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.plan.AgentId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cuts the log after every event, replays it, goes on, and demands the same end. */
class ReplayTest {

    private final EventCodec codec = new EventCodec(JobEvent.TYPES);

    /** Carries a job on from wherever it stands: yelp dies in round 1, attempt 1 of round 2 falls below the quorum. */
    static void goOn(Driven d) {
        for (int i = 0; i < 100 && !d.state.status().isFinal(); i++) {
            Step step = d.state.nextStep();
            if (step instanceof Step.Initialise) {
                d.give(new JobCommand.RecordState(Jobs.state(0)));
            } else if (step instanceof Step.OpenRound s) {
                d.give(Jobs.open(d.state, s.round(), s.attempt(), Jobs.START, SITES));
            } else if (step instanceof Step.Aggregate s) {
                d.give(new JobCommand.RecordState(Jobs.state(s.round())));
            } else if (step instanceof Step.OpenEvaluation s) {
                d.give(Jobs.evaluate(d.state, s.round(), Jobs.START, SITES));
            } else {
                answer(d);
            }
        }
    }

    private static void answer(Driven d) {
        d.give(new JobCommand.Tick());
        if (!d.state.nextStep().equals(new Step.Wait()) || d.state.status().isFinal()) {
            return;
        }
        Round round = d.state.lastRound().orElseThrow();
        Attempt attempt = round.attempt();
        for (AgentId site : attempt.waiting()) {
            boolean first = attempt.number() == 1;
            if (round.number() == 1 && site.value().equals("yelp")) {
                d.give(new JobCommand.LoseLease(site, Jobs.plan(1, attempt.number(), site), "silent"));
            } else if (round.number() == 2 && first && !site.value().equals("amazon")) {
                d.give(Jobs.refused(2, 1, site));
            } else {
                d.give(Jobs.received(round.number(), attempt.number(), site));
            }
        }
        for (Round each : List.copyOf(d.state.rounds().values())) {
            if (each.evaluation() != null) {
                for (AgentId site : each.evaluation().waiting()) {
                    d.give(Jobs.measured(each.number(), site, 0.8 + each.number() / 100.0));
                }
            }
        }
    }

    private static Driven whole() {
        Driven d = new Driven(Jobs.job(3, 2, false, "last"));
        goOn(d);
        return d;
    }

    @Test
    void theWholeRunCompletes() {
        Driven d = whole();

        assertThat(d.state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(d.state.rounds().get(1).attempt().accepted()).hasSize(2);
        assertThat(d.state.rounds().get(2).attempts()).hasSize(2);
        assertThat(d.state.rounds().get(3).attempt().accepted()).hasSize(3);
    }

    @Test
    void cutAnywhereTheJobEndsInTheSameState() {
        Driven whole = whole();

        for (int cut = 1; cut <= whole.log.size(); cut++) {
            Driven resumed = Driven.replay(whole.log, cut);
            goOn(resumed);
            assertThat(resumed.state)
                    .as("cut after event %d: %s", cut, whole.log.get(cut - 1).event())
                    .isEqualTo(whole.state);
        }
    }

    @Test
    void theLogAsBytesGivesTheSameState() {
        Driven whole = whole();
        List<Driven.Logged> read = new ArrayList<>();
        for (Driven.Logged entry : whole.log) {
            String type = codec.type(entry.event());
            read.add(new Driven.Logged((JobEvent) codec.decode(type, codec.encode(entry.event()), "test"), entry.at()));
        }

        assertThat(read).isEqualTo(whole.log);
        assertThat(Driven.replay(read, read.size()).state).isEqualTo(whole.state);
    }

    @Test
    void anEventStaysSmall() {
        Driven whole = whole();

        int perAgentAndRound = whole.log.stream()
                        .filter(e -> !(e.event() instanceof JobEvent.JobSubmitted))
                        .mapToInt(e -> codec.encode(e.event()).length)
                        .sum()
                / (3 * SITES.size());
        assertThat(perAgentAndRound).isLessThan(3000);
    }

    @Test
    void timePassesWithoutEventsOnceAJobIsOver() {
        Driven whole = whole();

        assertThat(whole.after(Duration.ofDays(1))).isEmpty();
    }
}
