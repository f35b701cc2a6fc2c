package dev.tributary.privacy.audit;

import java.util.Arrays;

/**
 * How well one score tells training examples (members) from held-out ones. The score is the drop in loss that training
 * brought, loss under the base model less loss under the adapter: the higher, the more likely a member (Yeom et al.,
 * CSF 2018; Carlini et al., arXiv:2112.03570, on reporting at low false positive rates).
 *
 * @param auc probability that a random member scores above a random non-member, ties half; 0.5 is no leak
 * @param truePositiveRate share of members found at {@code falsePositiveRate}, with its 95 % interval
 * @param falsePositiveRate share of non-members wrongly taken at the threshold used, at most the one asked for
 */
public record MembershipInference(
        double auc, Interval truePositiveRate, double falsePositiveRate, long members, long nonMembers) {
    private static final double CONFIDENCE = 0.95;

    /** At a false positive rate of 1 %. */
    public static MembershipInference measure(double[] memberScores, double[] nonMemberScores) {
        return measure(memberScores, nonMemberScores, 0.01);
    }

    /**
     * @param memberScores finite, at least one
     * @param nonMemberScores finite, at least one
     * @param falsePositiveRate the largest allowed, [0, 1)
     */
    public static MembershipInference measure(
            double[] memberScores, double[] nonMemberScores, double falsePositiveRate) {
        if (!(falsePositiveRate >= 0 && falsePositiveRate < 1)) {
            throw new IllegalArgumentException("false positive rate must be in [0, 1), was " + falsePositiveRate);
        }
        double[] members = sorted("member", memberScores);
        double[] others = sorted("non-member", nonMemberScores);
        // The threshold is the score that at most this many non-members exceed.
        int allowed = (int) Math.floor(falsePositiveRate * others.length);
        double threshold = others[others.length - 1 - allowed];
        long found = members.length - above(members, threshold);
        long wrong = others.length - above(others, threshold);
        return new MembershipInference(
                auc(members, others),
                Interval.clopperPearson(found, members.length, CONFIDENCE),
                (double) wrong / others.length,
                members.length,
                others.length);
    }

    /**
     * ε below which no (ε, δ)-DP mechanism lets the attack succeed so often, but for a probability of {@code risk}:
     * ln((TPR − δ)/FPR) with both rates at the pessimistic end of their exact intervals; 0 if nothing follows. Holds as
     * far as members and non-members are alike but for the training.
     */
    public double epsilonLowerBound(double delta, double risk) {
        long found = Math.round(truePositiveRate.value() * members);
        long wrong = Math.round(falsePositiveRate * nonMembers);
        double tpr = BinomialTail.lowerBound(members, found, risk / 2);
        double fpr = BinomialTail.upperBound(nonMembers, wrong, risk / 2);
        return tpr <= delta ? 0 : Math.max(0, Math.log((tpr - delta) / fpr));
    }

    /** Mann–Whitney: pairs won plus half the ties. */
    private static double auc(double[] members, double[] others) {
        double won = 0;
        for (double score : members) {
            long below = firstAtLeast(others, score);
            long ties = above(others, score) - below;
            won += below + ties / 2.0;
        }
        return won / ((double) members.length * others.length);
    }

    /** Index of the first value above {@code score}. */
    private static int above(double[] sorted, double score) {
        return firstAtLeast(sorted, Math.nextUp(score));
    }

    private static int firstAtLeast(double[] sorted, double score) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double[] sorted(String whose, double[] scores) {
        if (scores.length == 0) {
            throw new IllegalArgumentException("there are no " + whose + " scores");
        }
        double[] copy = scores.clone();
        for (double score : copy) {
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException(whose + " scores must be finite, one was " + score);
            }
        }
        Arrays.sort(copy);
        return copy;
    }
}
