package dev.tributary.privacy.dp;

import dev.tributary.plan.Job;
import dev.tributary.privacy.accountant.PrivacyEvent;

/**
 * What one site releases in one round of example-level DP-SGD: a number of noisy gradient sums.
 *
 * @param terms of unit {@code EXAMPLE}
 * @param multiplier standard deviation of the noise divided by the clipping norm
 * @param examples N of this site
 * @param steps noisy sums in one round; the same whatever the data, an empty sample counts too
 */
public record ExampleRelease(PrivacyTerms terms, double multiplier, int examples, long steps) {

    /**
     * The noise that lets {@code rounds} rounds fit the budget, or what the terms say.
     *
     * @throws IllegalArgumentException if no noise is enough
     */
    public static ExampleRelease plan(PrivacyTerms terms, Job.Training training, int rounds, int examples) {
        long steps = steps(terms, training, examples);
        double multiplier = terms.multiplier(examples, Math.multiplyExact(steps, (long) Math.max(1, rounds)));
        return new ExampleRelease(terms, multiplier, examples, steps);
    }

    private static long steps(PrivacyTerms terms, Job.Training training, int examples) {
        if (training.maxSteps() > 0) {
            return training.maxSteps();
        }
        if (terms.sampling() instanceof PrivacyTerms.Poisson poisson) {
            return (long) Math.ceil(training.epochs() / poisson.rate() - 1e-9);
        }
        if (terms.sampling() instanceof PrivacyTerms.FixedSize fixed) {
            return (long) Math.ceil((double) training.epochs() * examples / fixed.sample() - 1e-9);
        }
        return training.epochs();
    }

    /** The public constant that noisy sums are divided by. */
    public double expectedBatch() {
        if (terms.sampling() instanceof PrivacyTerms.Poisson poisson) {
            return Math.max(1, poisson.rate() * examples);
        }
        return terms.sampling() instanceof PrivacyTerms.FixedSize fixed ? fixed.sample() : examples;
    }

    /** All steps of one round, as accountants take them. */
    public PrivacyEvent event() {
        return terms.event(multiplier, examples, steps);
    }
}
