package dev.tributary.privacy.audit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A lower bound on ε from one training run with canaries, each included by a fair coin. An auditor guesses, from scores,
 * which were included; a mechanism that is (ε, δ)-DP limits how many guesses can be right. Steinke, Nasr, Jagielski,
 * "Privacy Auditing with One (1) Training Run", arXiv:2305.08846, theorem 5.2. Pure functions.
 */
public final class OneRunAudit {
    private static final int BISECTIONS = 60;
    private static final double LARGEST_EPSILON = 100;

    private OneRunAudit() {}

    /**
     * Guesses made and how many were right.
     *
     * @param canaries m, included or not
     * @param guesses r, the canaries on which the auditor did not abstain
     * @param correct v
     */
    public record Guesses(long canaries, long guesses, long correct) {
        public Guesses {
            if (canaries < 1 || guesses < 0 || guesses > canaries || correct < 0 || correct > guesses) {
                throw new IllegalArgumentException("guesses must fit: canaries " + canaries + " >= guesses " + guesses
                        + " >= correct " + correct + " >= 0, canaries >= 1");
            }
        }
    }

    /** The best bound over several numbers of guesses, with the guesses that gave it. */
    public record Result(double epsilon, Guesses guesses) {}

    /**
     * Probability, at most, that an (ε, δ)-DP mechanism lets so many guesses be right:
     * β + 2mδ·max_{1≤i≤v} P[v − i ≤ Bin(r, q) < v]/i, with q = 1/(1 + e^(−ε)) and β = P[Bin(r, q) ≥ v].
     */
    public static double pValue(Guesses seen, double epsilon, double delta) {
        if (!(epsilon >= 0)) {
            throw new IllegalArgumentException("epsilon must be >= 0, was " + epsilon);
        }
        if (!(delta >= 0 && delta < 1)) {
            throw new IllegalArgumentException("delta must be in [0, 1), was " + delta);
        }
        double q = 1 / (1 + Math.exp(-epsilon));
        double beta = BinomialTail.atLeast(seen.guesses(), q, seen.correct());
        if (delta == 0 || q == 1) {
            return Math.min(1, beta);
        }
        double alpha = 0;
        double below = 0; // P[v − i ≤ Bin < v]
        for (long i = 1; i <= seen.correct(); i++) {
            below += BinomialTail.exactly(seen.guesses(), q, seen.correct() - i);
            alpha = Math.max(alpha, below / i);
        }
        return Math.min(1, beta + 2 * seen.canaries() * delta * alpha);
    }

    /** The largest ε that these guesses contradict with probability of error {@code risk}; 0 if none. */
    public static double epsilonLowerBound(Guesses seen, double delta, double risk) {
        if (!(risk > 0 && risk < 1)) {
            throw new IllegalArgumentException("risk must be in (0, 1), was " + risk);
        }
        if (pValue(seen, 0, delta) > risk) {
            return 0;
        }
        double low = 0;
        double high = LARGEST_EPSILON;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (pValue(seen, middle, delta) <= risk) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How many canaries are guessed: those that score highest as included, those that score lowest as left out. */
    public record Ends(int highest, int lowest) {
        public Ends {
            if (highest < 0 || lowest < 0) {
                throw new IllegalArgumentException("guesses must be >= 0, were " + highest + " and " + lowest);
            }
        }

        /** As many at either end. */
        public static Ends both(int guesses) {
            if (guesses % 2 != 0) {
                throw new IllegalArgumentException("guesses must be even, was " + guesses);
            }
            return new Ends(guesses / 2, guesses / 2);
        }
    }

    /**
     * Guesses from scores.
     *
     * @param scores higher for likelier included; finite
     * @param included what the coins said
     * @param ends together at most as many as there are scores
     */
    public static Guesses guess(double[] scores, boolean[] included, Ends ends) {
        if (scores.length != included.length) {
            throw new IllegalArgumentException(
                    "there are " + scores.length + " scores for " + included.length + " canaries");
        }
        int guesses = ends.highest() + ends.lowest();
        if (guesses > scores.length) {
            throw new IllegalArgumentException("guesses must be <= " + scores.length + ", was " + guesses);
        }
        if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("scores must be finite");
        }
        int[] ascending = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        long correct = 0;
        for (int i = 0; i < ends.lowest(); i++) {
            correct += included[ascending[i]] ? 0 : 1;
        }
        for (int i = 0; i < ends.highest(); i++) {
            correct += included[ascending[ascending.length - 1 - i]] ? 1 : 0;
        }
        return new Guesses(scores.length, guesses, correct);
    }

    /**
     * The best bound over the given numbers of guesses, the risk shared among them (Bonferroni), so that looking at
     * several costs nothing in confidence.
     *
     * @param choices fixed before the scores were seen
     */
    public static Result best(double[] scores, boolean[] included, List<Ends> choices, double delta, double risk) {
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("at least one number of guesses is needed");
        }
        Result best = null;
        for (Ends ends : choices) {
            Guesses seen = guess(scores, included, ends);
            double epsilon = epsilonLowerBound(seen, delta, risk / choices.size());
            if (best == null || epsilon > best.epsilon()) {
                best = new Result(epsilon, seen);
            }
        }
        return Objects.requireNonNull(best);
    }
}
