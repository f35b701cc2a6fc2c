package dev.tributary.privacy.accountant;

import java.util.Collection;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.LongFunction;

/** Finds parameters that meet a budget by the Rényi accountant. Results are always on the private side. */
public final class Calibration {
    private static final double SMALLEST = 1e-2;
    private static final double LARGEST = 1e6;

    private Calibration() {}

    /**
     * The least noise multiplier, to {@code 1e-6} of itself, whose events fit the budget.
     *
     * @param plan the whole run's events for a noise multiplier
     * @throws IllegalArgumentException if no multiplier up to a million is enough
     */
    public static double noiseMultiplier(
            PrivacyBudget budget, DoubleFunction<? extends Collection<? extends PrivacyEvent>> plan) {
        double low = SMALLEST;
        double high = 1;
        while (!fits(budget, plan.apply(high))) {
            low = high;
            high *= 2;
            if (high > LARGEST) {
                throw new IllegalArgumentException("no noise multiplier up to " + LARGEST + " meets " + budget
                        + "; raise epsilon or delta, or plan fewer steps");
            }
        }
        while (high / low > 1 + 1e-6) {
            double middle = Math.sqrt(low * high);
            if (fits(budget, plan.apply(middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /** The largest count in [0, {@code most}] whose events still fit the budget. */
    public static long count(
            PrivacyBudget budget, long most, LongFunction<? extends Collection<? extends PrivacyEvent>> plan) {
        long low = 0;
        long high = most + 1;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (fits(budget, plan.apply(middle))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Poisson sampling at rate {@code samplingRate}, {@code steps} times. */
    public static double noiseMultiplier(PrivacyBudget budget, double samplingRate, long steps) {
        return noiseMultiplier(
                budget, sigma -> List.of(new PrivacyEvent.SubsampledGaussian(sigma, samplingRate, steps)));
    }

    private static boolean fits(PrivacyBudget budget, Collection<? extends PrivacyEvent> events) {
        return RdpAccountant.epsilon(events, budget.delta()) <= budget.epsilon();
    }
}
