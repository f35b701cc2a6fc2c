package dev.tributary.privacy.accountant;

import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.Erfcx;
import org.apache.commons.numbers.gamma.LogGamma;

/** Sums, binomials and normal tails in log space. */
final class LogMath {
    private static final double SQRT2 = Math.sqrt(2);

    private LogMath() {}

    /** ln(eᵃ + eᵇ). */
    static double add(double a, double b) {
        double high = Math.max(a, b);
        return high == Double.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    /** ln Σ e^v over the first {@code count} values. */
    static double sum(double[] logs, int count) {
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            high = Math.max(high, logs[i]);
        }
        if (Double.isInfinite(high)) {
            return high;
        }
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += Math.exp(logs[i] - high);
        }
        return high + Math.log(total);
    }

    /** ln(eˣ − 1) for x > 0. */
    static double expm1(double x) {
        return x > 40 ? x : Math.log(Math.expm1(x));
    }

    /** ln(1 + eˣ). */
    static double onePlusExp(double x) {
        return x > 40 ? x : Math.log1p(Math.exp(x));
    }

    static double binomial(int n, int k) {
        return LogGamma.value(n + 1.0) - LogGamma.value(k + 1.0) - LogGamma.value(n - k + 1.0);
    }

    /** Φ(x), precise in the lower tail. */
    static double normalCdf(double x) {
        return 0.5 * Erfc.value(-x / SQRT2);
    }

    /** ln Φ(x), precise in the lower tail. */
    static double logNormalCdf(double x) {
        return x < -1 ? Math.log(0.5 * Erfcx.value(-x / SQRT2)) - x * x / 2 : Math.log1p(-0.5 * Erfc.value(x / SQRT2));
    }
}
