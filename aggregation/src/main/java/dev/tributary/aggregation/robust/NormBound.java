package dev.tributary.aggregation.robust;

import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.UpdatePieces;
import dev.tributary.plan.Job;
import java.util.Arrays;
import java.util.List;

/** FedAvg of changes whose length is bounded: Δᵢ ← Δᵢ·min(1, C/‖Δᵢ‖). */
public final class NormBound extends RobustRule {

    private static final MethodOption BOUND = MethodOption.number(
            "bound", 0, 1e9, 0, "longest change of an agent, over all tensors together; 0 for the median of the round");

    private static final MethodCard CARD = card("norm-bound", "Norm-bounded FedAvg")
            .paper("Sun et al. 2019, arXiv 1911.07963")
            .equation("θ ← θ + Σ wᵢ·Δᵢ·min(1, C/‖Δᵢ‖)")
            .options(BOUND)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        double[][] gram = UpdatePieces.gram(updates, state.tensors());
        double[] norms = new double[gram.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(gram[i][i]);
        }
        double given = BOUND.numberOf(job);
        double bound = given > 0 ? given : median(norms);
        double[] coefficients = new double[norms.length];
        for (int i = 0; i < norms.length; i++) {
            coefficients[i] = updates.get(i).weight() * (norms[i] > bound ? bound / norms[i] : 1);
        }
        write(state, updates, next, combination(coefficients));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
