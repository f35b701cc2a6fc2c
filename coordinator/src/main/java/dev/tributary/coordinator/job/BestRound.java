package dev.tributary.coordinator.job;

import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Which published state is a job's result. */
final class BestRound {

    private BestRound() {}

    /** The last state, or with {@code keep: best} the one with the best mean metric (the earliest of equals). */
    static int resultOf(JobState state) {
        int last = state.job().rounds();
        if (!state.job().keep().equals("best")) {
            return last;
        }
        int best = last;
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
