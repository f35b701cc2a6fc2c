package dev.tributary.privacy.dp;

import dev.tributary.privacy.accountant.Calibration;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.noise.BitSource;
import java.util.List;

/**
 * Two figures of held-out examples, told with noise: each example adds its hit (0 to 1) and its loss, cut at
 * {@link #LARGEST_LOSS}, so that one example moves the pair by at most √2 of its scale. Held-out examples are not trained
 * on, so they have a budget of their own, as large as the training's.
 *
 * @param multiplier standard deviation of the noise divided by √2
 */
public record NoisyFigures(PrivacyTerms terms, double multiplier) {
    /** Larger losses count as this one. */
    public static final double LARGEST_LOSS = 10;

    private static final double NORM = Math.sqrt(2);

    /** Means over the examples, noise included; brought back into the possible range. */
    public record Figures(double hits, double loss) {}

    /** The noise that lets the figures of {@code rounds} rounds fit the budget. */
    public static NoisyFigures plan(PrivacyTerms terms, int rounds) {
        return new NoisyFigures(
                terms, Calibration.noiseMultiplier(terms.budget(), z -> List.of(event(terms, z, Math.max(1, rounds)))));
    }

    /** One release of the pair. */
    public PrivacyEvent event() {
        return event(terms, multiplier, 1);
    }

    private static PrivacyEvent event(PrivacyTerms terms, double multiplier, long count) {
        double relative = terms.relation() == Relation.REPLACE_ONE ? multiplier / 2 : multiplier;
        return new PrivacyEvent.Gaussian(relative, count, terms.relation());
    }

    /**
     * @param hits of each example, 0 to 1
     * @param losses of each example; one that is not finite counts as the largest
     */
    public Figures release(double[] hits, double[] losses, BitSource bits) {
        NoisySum noisy = NoisySum.ofSeparateContributions(NORM, multiplier);
        long[] sum = new long[2];
        for (int i = 0; i < hits.length; i++) {
            double loss = losses[i] < LARGEST_LOSS ? Math.max(0, losses[i]) : LARGEST_LOSS;
            long[] one = noisy.grid().quantise(new float[] {
                (float) Math.max(0, Math.min(1, hits[i])), (float) (loss / LARGEST_LOSS)
            });
            sum[0] += one[0];
            sum[1] += one[1];
        }
        float[] means = noisy.release(sum, hits.length, bits);
        return new Figures(Math.max(0, Math.min(1, means[0])), Math.max(0, Math.min(1, means[1])) * LARGEST_LOSS);
    }
}
