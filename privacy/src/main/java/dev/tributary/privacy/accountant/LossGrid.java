package dev.tributary.privacy.accountant;

/**
 * A privacy loss distribution on a grid: the loss ℓ = ln(P/Q) is {@code (first + i) · step} with probability
 * {@code mass[i]} under P, and infinite with probability {@code infinite}.
 */
record LossGrid(double step, long first, double[] mass, double infinite) {

    double variance() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < mass.length; i++) {
            double loss = (first + i) * step;
            sum += mass[i] * loss;
            squares += mass[i] * loss * loss;
        }
        return Math.max(0, squares - sum * sum);
    }

    /** ln E[e^(tℓ)] over the finite losses. */
    double logMoment(double t) {
        double high = Math.max(t * first, t * (first + mass.length - 1)) * step;
        double sum = 0;
        for (int i = 0; i < mass.length; i++) {
            sum += mass[i] * Math.exp(t * (first + i) * step - high);
        }
        return high + Math.log(sum);
    }

    /** The least ε ≥ 0 with δ(ε) = P(∞) + Σ_{ℓ>ε} (1 − e^(ε−ℓ)) P(ℓ) at most {@code delta}. */
    double epsilon(double delta) {
        if (infinite > delta) {
            return Double.POSITIVE_INFINITY;
        }
        double above = 0; // P(ℓ > grid point)
        double scaled = 0; // Σ_{ℓ > grid point} P(ℓ) e^(grid point − ℓ)
        double decay = Math.exp(-step);
        for (int i = mass.length - 1; i >= 0; i--) {
            above += mass[i];
            scaled = (scaled + mass[i]) * decay;
            long point = first + i - 1;
            if (point < 0) {
                break;
            }
            if (infinite + above - scaled > delta) {
                return point * step + Math.log((infinite + above - delta) / scaled);
            }
        }
        return 0;
    }

    /** δ(ε) as above. */
    double delta(double epsilon) {
        double sum = infinite;
        for (int i = mass.length - 1; i >= 0; i--) {
            double loss = (first + i) * step;
            if (loss <= epsilon) {
                break;
            }
            sum += mass[i] * -Math.expm1(epsilon - loss);
        }
        return Math.min(1, sum);
    }
}
