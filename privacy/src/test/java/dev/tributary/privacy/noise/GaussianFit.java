package dev.tributary.privacy.noise;

import java.util.function.IntToDoubleFunction;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/** Goodness of fit of draws to a discrete Gaussian, by Pearson's χ². */
final class GaussianFit {
    /** A test fails below this. Seeds are fixed, so a test that passes once passes always. */
    static final double SIGNIFICANCE = 1e-4;

    private GaussianFit() {}

    /** Every integer within 4σ its own cell, both tails one cell each. For σ up to about 100. */
    static double pValue(long[] draws, double sigma) {
        int reach = (int) Math.floor(4 * sigma);
        double total = 0;
        for (int k = -(int) (14 * sigma) - 1; k <= 14 * sigma + 1; k++) {
            total += Math.exp(-(double) k * k / (2 * sigma * sigma));
        }
        double norm = total;
        int cells = 2 * reach + 3;
        double[] expected = new double[cells];
        double inside = 0;
        for (int i = 1; i < cells - 1; i++) {
            double k = i - 1 - reach;
            expected[i] = Math.exp(-k * k / (2 * sigma * sigma)) / norm;
            inside += expected[i];
        }
        expected[0] = (1 - inside) / 2;
        expected[cells - 1] = expected[0];
        long[] counts = new long[cells];
        for (long draw : draws) {
            counts[(int) Math.max(0, Math.min(cells - 1, draw + reach + 1))]++;
        }
        return pValue(counts, i -> expected[i], draws.length);
    }

    /** Forty cells over ±5σ with the normal distribution's probabilities. For σ from about 1000. */
    static double coarsePValue(long[] draws, double sigma) {
        int cells = 42;
        long[] counts = new long[cells];
        for (long draw : draws) {
            counts[(int) Math.max(0, Math.min(cells - 1, Math.floor(draw / sigma * 4) + 21))]++;
        }
        return pValue(
                counts,
                i -> (i == cells - 1 ? 1 : normal((i - 20) / 4.0)) - (i == 0 ? 0 : normal((i - 21) / 4.0)),
                draws.length);
    }

    /** Cells that expect fewer than 5 are merged with the next. */
    private static double pValue(long[] counts, IntToDoubleFunction probability, int draws) {
        double statistic = 0;
        int cells = 0;
        double expected = 0;
        double observed = 0;
        for (int i = 0; i < counts.length; i++) {
            expected += probability.applyAsDouble(i) * draws;
            observed += counts[i];
            if (expected >= 5) {
                statistic += (observed - expected) * (observed - expected) / expected;
                cells++;
                expected = 0;
                observed = 0;
            }
        }
        return RegularizedGamma.Q.value((cells - 1) / 2.0, statistic / 2);
    }

    private static double normal(double x) {
        return 0.5 * Erfc.value(-x / Math.sqrt(2));
    }
}
