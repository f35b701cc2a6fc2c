package dev.tributary.coordinator.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One agent's way through the rounds of a job.
 *
 * @param cells one a round, oldest first
 * @param doing what it says it is doing now, empty if nothing
 */
public record LaneView(String agent, List<Cell> cells, String doing, long done, long total) {

    /**
     * @param state {@code waiting, training, accepted, late, rejected} or {@code absent} (not asked)
     * @param note the state in words, with the reason where there is one
     */
    public record Cell(int round, String state, String note) {}

    /** A lane per agent that was ever asked or is at work, in id order. */
    public static List<LaneView> of(List<RoundView> rounds, List<ProgressView> progress) {
        Map<String, ProgressView> now = new TreeMap<>();
        progress.forEach(p -> now.put(p.agent(), p));
        return Stream.concat(rounds.stream().flatMap(r -> r.cohort().stream()), now.keySet().stream())
                .distinct()
                .sorted()
                .map(agent -> lane(agent, rounds, now.get(agent)))
                .toList();
    }

    private static LaneView lane(String agent, List<RoundView> rounds, @Nullable ProgressView now) {
        List<Cell> cells = new ArrayList<>();
        rounds.forEach(round -> cells.add(cell(agent, round, now)));
        return now == null
                ? new LaneView(agent, cells, "", 0, 0)
                : new LaneView(agent, cells, now.phase(), now.done(), now.total());
    }

    private static Cell cell(String agent, RoundView round, @Nullable ProgressView now) {
        if (round.accepted().contains(agent)) {
            return new Cell(round.round(), "accepted", "accepted");
        }
        for (RoundView.Rejection rejection : round.rejected()) {
            if (rejection.agent().equals(agent)) {
                return new Cell(round.round(), "rejected", rejection.reason() + ": " + rejection.message());
            }
        }
        if (round.late().contains(agent)) {
            return new Cell(round.round(), "late", "late or lost");
        }
        if (!round.cohort().contains(agent)) {
            return new Cell(round.round(), "absent", "not asked");
        }
        return now != null && now.round() == round.round()
                ? new Cell(round.round(), "training", now.phase())
                : new Cell(round.round(), "waiting", "waiting");
    }
}
