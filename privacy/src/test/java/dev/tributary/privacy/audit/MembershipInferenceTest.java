package dev.tributary.privacy.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MembershipInferenceTest {
    @Test
    void smallCaseByHand() {
        // Pairs won: 3 > {0, 1, 2}, 1 > {0} and ties 1, so 3 + 1.5 of 6.
        MembershipInference result = MembershipInference.measure(new double[] {3, 1}, new double[] {0, 1, 2}, 1.0 / 3);
        assertThat(result.auc()).isEqualTo(4.5 / 6);
        // One of three others may be taken: the threshold is 1, which only 3 exceeds.
        assertThat(result.truePositiveRate().value()).isEqualTo(0.5);
        assertThat(result.falsePositiveRate()).isEqualTo(1.0 / 3);
    }

    @Test
    void scoresApartAreTold() {
        MembershipInference result = MembershipInference.measure(new double[] {5, 6, 7}, new double[] {1, 2, 3});
        assertThat(result.auc()).isEqualTo(1);
        assertThat(result.truePositiveRate().value()).isEqualTo(1);
        assertThat(result.falsePositiveRate()).isZero();
    }

    @Test
    void scoresAllEqualTellNothing() {
        MembershipInference result = MembershipInference.measure(new double[50], new double[70]);
        assertThat(result.auc()).isEqualTo(0.5);
        assertThat(result.truePositiveRate().value()).isZero();
    }

    /** Normal scores one apart: AUC = Φ(1/√2) = 0.7602, TPR at 1 % = Φ(1 − 2.3263) = 0.0924. */
    @Test
    @Tag("statistical")
    void shiftedNormalScoresGiveTheKnownFigures() {
        Random random = new Random(6);
        double[] members =
                random.doubles(20_000).map(i -> 1 + random.nextGaussian()).toArray();
        double[] others = random.doubles(20_000).map(i -> random.nextGaussian()).toArray();
        MembershipInference result = MembershipInference.measure(members, others);
        assertThat(result.auc()).isCloseTo(0.7602, within(0.01));
        assertThat(result.truePositiveRate().value()).isCloseTo(0.0924, within(0.015));
        assertThat(result.falsePositiveRate()).isLessThanOrEqualTo(0.01);
        assertThat(result.truePositiveRate().low())
                .isLessThan(result.truePositiveRate().value());
    }

    @Test
    void inputStaysAsItWas() {
        double[] members = {3, 1, 2};
        MembershipInference.measure(members, new double[] {0});
        assertThat(Arrays.toString(members)).isEqualTo("[3.0, 1.0, 2.0]");
    }

    @Test
    void whatAnAttackSaysOfEpsilonGrowsWithItsSuccess() {
        double[] others = new double[400];
        double[] members = new double[400];
        double[] half = new double[400];
        for (int i = 0; i < others.length; i++) {
            others[i] = i * 1e-3;
            members[i] = 10 + i * 1e-3;
            half[i] = i % 2 == 0 ? others[i] : members[i];
        }
        double all = MembershipInference.measure(members, others).epsilonLowerBound(1e-4, 1e-3);
        double some = MembershipInference.measure(half, others).epsilonLowerBound(1e-4, 1e-3);

        // TPR at least (5e-4)^(1/400) = 0.981; FPR 4 of 400, at most 0.0387 at that risk.
        assertThat(all).isCloseTo(Math.log(0.981 / 0.0387), within(0.01));
        assertThat(some).isBetween(2.0, all - 0.5);
        assertThat(MembershipInference.measure(others, others).epsilonLowerBound(1e-4, 1e-3))
                .isZero();
    }

    @Test
    void missingOrInfiniteScoresAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipInference.measure(new double[0], new double[1]))
                .withMessageContaining("no member");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipInference.measure(new double[1], new double[] {Double.NaN}))
                .withMessageContaining("non-member");
    }
}
