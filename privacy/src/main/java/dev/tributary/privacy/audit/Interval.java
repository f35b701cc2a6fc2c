package dev.tributary.privacy.audit;

/**
 * A measured share with its exact two-sided confidence interval (Clopper, Pearson, Biometrika 26, 1934).
 *
 * @param value successes / trials
 */
public record Interval(double value, double low, double high) {

    /** @param confidence such as 0.95 */
    public static Interval clopperPearson(long successes, long trials, double confidence) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(
                    "successes must be in [0, trials], trials >= 1; was " + successes + " of " + trials);
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence must be in (0, 1), was " + confidence);
        }
        double risk = (1 - confidence) / 2;
        return new Interval(
                (double) successes / trials,
                BinomialTail.lowerBound(trials, successes, risk),
                BinomialTail.upperBound(trials, successes, risk));
    }
}
