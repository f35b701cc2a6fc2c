package dev.tributary.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static List<String> agents(int count) {
        return IntStream.range(0, count).mapToObj("site-%04d"::formatted).toList();
    }

    /** Rounds in which everybody was asked and accepted, but {@code rejected} in the last one. */
    private static List<RoundView> rounds(int count, List<String> cohort, String rejected) {
        List<RoundView> rounds = new ArrayList<>();
        for (int round = 1; round <= count; round++) {
            boolean last = round == count;
            rounds.add(new RoundView(
                    round,
                    1,
                    "published",
                    cohort,
                    cohort.stream().filter(a -> !(last && a.equals(rejected))).toList(),
                    last && !rejected.isEmpty()
                            ? List.of(new RoundView.Rejection(rejected, "not-finite", "NaN"))
                            : List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    new RoundView.RoundMetrics(new TreeMap<>(), new TreeMap<>()),
                    0,
                    0,
                    new TreeMap<>(),
                    null,
                    null,
                    null,
                    new TreeMap<>(),
                    null,
                    new TreeMap<>(),
                    Instant.EPOCH,
                    List.of()));
        }
        return rounds;
    }

    @Test
    void aSmallJobIsShownWhole() {
        Timeline whole = Timeline.of(rounds(50, agents(3), ""), List.of(), 0);

        assertThat(whole.lanes()).hasSize(3);
        assertThat(whole.lanes().get(0).cells()).hasSize(50);
        assertThat(List.of(whole.earlier(), whole.later(), whole.hidden())).containsOnly(0);
    }

    @Test
    void aLargeOneComesInPagesThatLeaveNoRoundOut() {
        List<RoundView> rounds = rounds(50, agents(100), "");
        List<Integer> seen = new ArrayList<>();
        Timeline page = Timeline.of(rounds, List.of(), 0);
        assertThat(page.later()).isZero();
        while (true) {
            assertThat(page.lanes()).hasSize(100).allMatch(lane -> lane.cells().size() <= 4);
            seen.addAll(
                    0, IntStream.rangeClosed(page.first(), page.last()).boxed().toList());
            if (page.earlier() == 0) {
                break;
            }
            Timeline before = Timeline.of(rounds, List.of(), page.earlier());
            assertThat(before.later()).isPositive();
            page = before;
        }
        assertThat(seen)
                .containsSubsequence(IntStream.rangeClosed(1, 50).boxed().toList());
        assertThat(page.first()).isEqualTo(1);
    }

    @Test
    void numbersBeyondTheRoundsAreTheEnds() {
        List<RoundView> rounds = rounds(50, agents(100), "");

        assertThat(Timeline.of(rounds, List.of(), 999).last()).isEqualTo(50);
        assertThat(Timeline.of(rounds, List.of(), 1).first()).isEqualTo(1);
        assertThat(Timeline.of(rounds, List.of(), -3).last()).isEqualTo(50);
        assertThat(Timeline.of(List.of(), List.of(), 7).lanes()).isEmpty();
    }

    @Test
    void whoIsToBeLookedAtHasALane() {
        Timeline page = Timeline.of(rounds(2, agents(500), "site-0499"), List.of(), 0);

        assertThat(page.lanes()).hasSize(120);
        assertThat(page.hidden()).isEqualTo(380);
        assertThat(page.lanes().get(119).agent()).isEqualTo("site-0499");
        assertThat(page.lanes().get(118).agent()).isEqualTo("site-0118");
    }
}
