package dev.tributary.privacy.audit;

import org.apache.commons.numbers.gamma.LogBeta;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/** Tails of the binomial distribution, and the exact confidence bounds that follow from them. */
final class BinomialTail {
    private static final int BISECTIONS = 100;

    private BinomialTail() {}

    /** P[Bin(n, p) ≥ k] = I_p(k, n − k + 1). */
    static double atLeast(long n, double p, long k) {
        if (k <= 0) {
            return 1;
        }
        if (k > n) {
            return 0;
        }
        return RegularizedBeta.value(p, k, n - k + 1.0);
    }

    /** P[Bin(n, p) = k], 0 < p < 1. */
    static double exactly(long n, double p, long k) {
        double logChoose = -Math.log(n + 1.0) - LogBeta.value(n - k + 1.0, k + 1.0);
        return Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
    }

    /** The largest p at which k or fewer successes of n have probability at least {@code risk}. */
    static double upperBound(long n, long k, double risk) {
        if (k >= n) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (1 - atLeast(n, middle, k + 1) > risk) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The least p at which k or more successes of n have probability at least {@code risk}. */
    static double lowerBound(long n, long k, double risk) {
        return 1 - upperBound(n, n - k, risk);
    }
}
