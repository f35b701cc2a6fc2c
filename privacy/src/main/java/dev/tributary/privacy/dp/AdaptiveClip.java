package dev.tributary.privacy.dp;

/**
 * A clipping norm that follows a quantile of the units' norms. Each unit reports one bit, whether it was within the
 * norm; the noisy share of such bits moves the norm geometrically: C ← C·e^(−η(b̃ − γ)), b̃ = (Σ(bᵢ − ½) + N(0, σ_b²))/n + ½.
 *
 * <p>Andrew, Thakkar, McMahan, Ramaswamy, "Differentially Private Learning with Adaptive Clipping", arXiv:1905.03871.
 * Bits and vectors together are one Gaussian event of multiplier z if the vectors' noise uses
 * {@link #vectorMultiplier}.
 *
 * @param quantile γ in (0, 1)
 * @param rate η &gt; 0
 * @param min smallest norm
 * @param max largest norm
 * @param expectedUnits n, a public constant
 */
public record AdaptiveClip(double quantile, double rate, double min, double max, double expectedUnits) {
    public AdaptiveClip {
        if (!(quantile > 0 && quantile < 1)) {
            throw new IllegalArgumentException("quantile must be in (0, 1), was " + quantile);
        }
        if (!(rate > 0 && rate <= 10)) {
            throw new IllegalArgumentException("rate must be in (0, 10], was " + rate);
        }
        Clipping.requirePositive(min);
        Clipping.requirePositive(max);
        if (min > max) {
            throw new IllegalArgumentException("min must be <= max, was " + min + " > " + max);
        }
        if (!(expectedUnits >= 1 && expectedUnits < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected units must be >= 1, was " + expectedUnits);
        }
    }

    /** The paper's settings: the median, η = 0.2. */
    public static AdaptiveClip median(double min, double max, double expectedUnits) {
        return new AdaptiveClip(0.5, 0.2, min, max, expectedUnits);
    }

    /** One unit's report, ±½: ½ if its norm is within {@code clip}; −½ otherwise, also if it is not finite. */
    public static double report(double norm, double clip) {
        return norm <= clip ? 0.5 : -0.5;
    }

    /** σ_b: noise on the sum of reports, n/20. */
    public double reportSigma() {
        return expectedUnits / 20;
    }

    /**
     * What the vectors' noise multiplier must be for both queries together to count as one of multiplier {@code z}:
     * (z⁻² − (2σ_b)⁻²)^(−1/2), always above z.
     */
    public double vectorMultiplier(double z) {
        double reports = 2 * reportSigma();
        if (!(z > 0 && z < reports)) {
            throw new IllegalArgumentException("noise multiplier must be in (0, " + reports
                    + ") with adaptive clipping of " + expectedUnits + " expected units, was " + z
                    + "; lower it, or clip at a fixed norm");
        }
        return 1 / Math.sqrt((1 / z - 1 / reports) * (1 / z + 1 / reports));
    }

    /** The next round's norm, from the sum of reports with its noise. */
    public double next(double clip, double noisyReportSum) {
        Clipping.requirePositive(clip);
        double share = noisyReportSum / expectedUnits + 0.5;
        double next = clip * Math.exp(-rate * (share - quantile));
        return Math.min(max, Math.max(min, next));
    }
}
