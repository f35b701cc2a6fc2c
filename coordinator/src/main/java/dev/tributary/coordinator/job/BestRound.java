package dev.tributary.coordinator.job;

import dev.tributary.plan.StateRef;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Which published state is a job's result. */
final class BestRound {

    private BestRound() {}

    /** The last state, or with {@code keep: best} the one with the best mean metric (the earliest of equals). */
    static int resultOf(JobState state) {
        int last = state.latest().map(StateRef::version).orElse(-1);
        return state.job().keep().equals("best") ? best(state, last) : last;
    }

    /** Whether {@code patience} rounds in a row, all measured, did not beat the best mean metric before them. */
    static boolean outOfPatience(JobState state) {
        int patience = state.job().patience();
        int last = state.latest().map(StateRef::version).orElse(0);
        return patience > 0 && allMeasured(state) && last - best(state, last) >= patience;
    }

    /** Whether no published round still waits for figures. */
    static boolean allMeasured(JobState state) {
        return state.rounds().values().stream()
                .filter(round -> round.publication() != null)
                .map(Round::evaluation)
                .allMatch(evaluation -> evaluation != null && !evaluation.isOpen());
    }

    private static int best(JobState state, int otherwise) {
        int best = otherwise;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (Map.Entry<Integer, Round> entry : state.rounds().entrySet()) {
            double score = score(entry.getValue().evaluation());
            if (score > bestScore) {
                bestScore = score;
                best = entry.getKey();
            }
        }
        return best;
    }

    private static double score(@Nullable EvaluationState evaluation) {
        if (evaluation == null) {
            return Double.NEGATIVE_INFINITY;
        }
        SortedMap<String, Double> mean = evaluation.mean();
        Double accuracy = mean.get("accuracy");
        Double loss = mean.get("loss");
        return accuracy != null ? accuracy : loss != null ? -loss : Double.NEGATIVE_INFINITY;
    }
}
