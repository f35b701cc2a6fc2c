package dev.tributary.coordinator.view;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The part of a job's lanes that a page shows: of many agents and rounds only as much as a browser lays out at once.
 *
 * @param lanes in id order
 * @param hidden how many agents have no lane here; those at work, late or rejected are shown before others
 * @param first number of the first round shown, 0 if there is none
 * @param last number of the last round shown
 * @param earlier last round of the page before, 0 if there is none
 * @param later last round of the page after, 0 if there is none
 */
public record Timeline(List<LaneView> lanes, int hidden, int first, int last, int earlier, int later) {

    private static final int CELLS = 400;
    private static final int LEAST_ROUNDS = 4;
    private static final int LANES = 120;

    /**
     * @param rounds all of the job, oldest first
     * @param until the last round to show; 0 is the newest
     */
    public static Timeline of(List<RoundView> rounds, List<ProgressView> progress, int until) {
        Set<String> agents = new TreeSet<>();
        rounds.forEach(round -> agents.addAll(round.cohort()));
        progress.forEach(p -> agents.add(p.agent()));
        int width = Math.max(LEAST_ROUNDS, CELLS / Math.max(1, Math.min(agents.size(), LANES)));
        int end = until > 0 ? Math.min(Math.max(until, Math.min(width, rounds.size())), rounds.size()) : rounds.size();
        List<RoundView> shown = rounds.subList(Math.max(0, end - width), end);
        List<LaneView> lanes = LaneView.of(shown, progress);
        List<LaneView> kept = first(lanes);
        int before = Math.max(0, end - width);
        return new Timeline(
                kept,
                lanes.size() - kept.size(),
                shown.isEmpty() ? 0 : shown.get(0).round(),
                shown.isEmpty() ? 0 : shown.get(shown.size() - 1).round(),
                before == 0 ? 0 : rounds.get(before - 1).round(),
                end == rounds.size()
                        ? 0
                        : rounds.get(Math.min(end + width, rounds.size()) - 1).round());
    }

    /** Those to be looked at, as far as there is room for all. */
    private static List<LaneView> first(List<LaneView> lanes) {
        if (lanes.size() <= LANES) {
            return lanes;
        }
        Set<String> chosen = lanes.stream()
                .sorted(Comparator.comparing((LaneView lane) -> !isNotable(lane))
                        .thenComparing(LaneView::agent))
                .limit(LANES)
                .map(LaneView::agent)
                .collect(Collectors.toCollection(HashSet::new));
        return lanes.stream().filter(lane -> chosen.contains(lane.agent())).toList();
    }

    private static boolean isNotable(LaneView lane) {
        return !lane.doing().isEmpty()
                || lane.cells().stream()
                        .anyMatch(cell -> Set.of("late", "rejected").contains(cell.state()));
    }
}
