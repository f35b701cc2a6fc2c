package dev.tributary.privacy.accountant;

/**
 * The exact trade-off of Gaussian noise on a full sum: δ(ε) = Φ(1/(2σ) − εσ) − e^ε Φ(−1/(2σ) − εσ), σ being the noise
 * multiplier. Balle, Wang, "Improving the Gaussian Mechanism for Differential Privacy", arXiv:1805.06530. A number T of
 * releases with multiplier σ is one with σ/√T.
 */
public final class AnalyticGaussian {
    private AnalyticGaussian() {}

    public static double delta(double noiseMultiplier, double epsilon) {
        Checks.noiseMultiplier(noiseMultiplier);
        Checks.epsilon(epsilon);
        double half = 1 / (2 * noiseMultiplier);
        double shift = epsilon * noiseMultiplier;
        double first = LogMath.logNormalCdf(half - shift);
        double second = epsilon + LogMath.logNormalCdf(-half - shift);
        return second >= first ? 0 : Math.exp(first) * -Math.expm1(second - first);
    }

    /** The least ε at which δ holds, 0 if none is needed. */
    public static double epsilon(double noiseMultiplier, double delta) {
        Checks.noiseMultiplier(noiseMultiplier);
        Checks.delta(delta);
        if (delta(noiseMultiplier, 0) <= delta) {
            return 0;
        }
        double high = 1;
        while (delta(noiseMultiplier, high) > delta) {
            high *= 2;
        }
        double low = 0;
        for (int i = 0; i < 200 && Math.nextUp(low) < high; i++) {
            double middle = (low + high) / 2;
            if (delta(noiseMultiplier, middle) > delta) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The least noise multiplier that gives this ε and δ in one release. */
    public static double noiseMultiplier(PrivacyBudget budget) {
        double low = 1e-6;
        double high = 1;
        while (delta(high, budget.epsilon()) > budget.delta()) {
            high *= 2;
        }
        for (int i = 0; i < 200 && Math.nextUp(low) < high; i++) {
            double middle = (low + high) / 2;
            if (delta(middle, budget.epsilon()) > budget.delta()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
