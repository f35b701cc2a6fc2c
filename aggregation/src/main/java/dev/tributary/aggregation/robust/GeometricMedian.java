package dev.tributary.aggregation.robust;

import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.ProductTerms;
import dev.tributary.aggregation.engine.UpdatePieces;
import dev.tributary.plan.Job;
import java.util.List;

/**
 * The point with the least weighted sum of distances to all updates (RFA), by the smoothed Weiszfeld iteration. Distances
 * come from inner products of the updates, so the files are read twice whatever the number of iterations.
 */
public final class GeometricMedian extends RobustRule {

    private static final MethodOption ITERATIONS =
            MethodOption.integer("iterations", 1, 1000, "32", "Weiszfeld iterations");
    private static final MethodOption SMOOTHING = MethodOption.number(
            "smoothing", 0, 1, 1e-6, "smallest distance that counts, relative to the mean distance");

    private static final MethodCard CARD = card("geometric-median", "Geometric median (RFA)")
            .paper("Pillutla et al. 2022, arXiv 1912.13445")
            .equation("argmin_θ Σ wᵢ‖θ − θᵢ‖")
            .options(ITERATIONS, SMOOTHING)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        double[][] gram = UpdatePieces.gram(updates, state.tensors());
        int n = updates.size();
        double[] coefficients = new double[n];
        for (int i = 0; i < n; i++) {
            coefficients[i] = updates.get(i).weight();
        }
        for (int step = 0; step < ITERATIONS.integerOf(job, 32); step++) {
            double[] distances = distances(gram, coefficients);
            double mean = 0;
            for (double d : distances) {
                mean += d / n;
            }
            if (mean == 0) {
                break;
            }
            double total = 0;
            for (int i = 0; i < n; i++) {
                coefficients[i] = updates.get(i).weight() / Math.max(distances[i], SMOOTHING.numberOf(job) * mean);
                total += coefficients[i];
            }
            for (int i = 0; i < n; i++) {
                coefficients[i] /= total;
            }
        }
        write(state, updates, next, combination(coefficients));
    }

    private static double[] distances(double[][] gram, double[] point) {
        double[] distances = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            double[] difference = point.clone();
            difference[i] -= 1;
            distances[i] = Math.sqrt(Math.max(0, ProductTerms.inner(gram, difference, difference)));
        }
        return distances;
    }
}
