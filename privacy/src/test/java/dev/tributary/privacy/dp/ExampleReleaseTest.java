package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.plan.Job;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.RdpAccountant;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.noise.SecretBits;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ExampleReleaseTest {

    private static PrivacyTerms terms(Relation relation, PrivacyTerms.Sampling sampling, OptionalDouble multiplier) {
        return new PrivacyTerms(
                PrivacyTerms.Unit.EXAMPLE,
                PrivacyTerms.Trust.LOCAL,
                relation,
                sampling,
                new PrivacyTerms.FixedClip(1),
                PrivacyTerms.Weights.UNIFORM,
                new PrivacyBudget(8, 1e-4),
                multiplier,
                false);
    }

    private static Job.Training training(int epochs, int maxSteps) {
        return new Job.Training(epochs, maxSteps, 16, 1, 1e-3, 1e-3, "adamw", 0, 0, 0, "constant", 0);
    }

    @Test
    void theNoiseFoundLetsAllRoundsFitAndNoMore() {
        PrivacyTerms terms = terms(Relation.ADD_REMOVE, new PrivacyTerms.Poisson(0.25), OptionalDouble.empty());
        ExampleRelease release = ExampleRelease.plan(terms, training(2, 0), 10, 690);
        PrivacyEvent round = release.event();

        assertThat(release.steps()).isEqualTo(8);
        assertThat(release.expectedBatch()).isEqualTo(172.5);
        assertThat(release.multiplier()).isCloseTo(1.533429, within(1e-5));
        assertThat(RdpAccountant.epsilon(List.of(round.withCount(80)), 1e-4)).isBetween(7.999, 8.0);
        assertThat(RdpAccountant.epsilon(List.of(round.withCount(88)), 1e-4)).isGreaterThan(8);
    }

    @Test
    void stepsAreThoseAskedForOrFollowFromTheEpochs() {
        OptionalDouble sigma = OptionalDouble.of(2);
        PrivacyTerms poisson = terms(Relation.ADD_REMOVE, new PrivacyTerms.Poisson(0.3), sigma);
        PrivacyTerms fixed = terms(Relation.REPLACE_ONE, new PrivacyTerms.FixedSize(50), sigma);
        PrivacyTerms full = terms(Relation.ADD_REMOVE, new PrivacyTerms.Full(), sigma);

        assertThat(ExampleRelease.plan(poisson, training(1, 0), 5, 690).steps()).isEqualTo(4);
        assertThat(ExampleRelease.plan(poisson, training(1, 17), 5, 690).steps())
                .isEqualTo(17);
        assertThat(ExampleRelease.plan(fixed, training(2, 0), 5, 690).steps()).isEqualTo(28);
        assertThat(ExampleRelease.plan(fixed, training(2, 0), 5, 690).expectedBatch())
                .isEqualTo(50);
        assertThat(ExampleRelease.plan(full, training(3, 0), 5, 690).steps()).isEqualTo(3);
        assertThat(ExampleRelease.plan(full, training(3, 0), 5, 690).multiplier())
                .isEqualTo(2);
    }

    @Test
    void noisyFiguresAreRightOnAverageAndFitTheBudget() {
        PrivacyTerms terms = terms(Relation.REPLACE_ONE, new PrivacyTerms.FixedSize(50), OptionalDouble.empty());
        NoisyFigures noisy = NoisyFigures.plan(terms, 10);
        assertThat(RdpAccountant.epsilon(List.of(noisy.event().withCount(10)), 1e-4))
                .isBetween(7.999, 8.0);

        int n = 20_000;
        double[] hits = new double[n];
        double[] losses = new double[n];
        Arrays.fill(hits, 0, n / 4, 1);
        Arrays.fill(losses, 2);
        losses[0] = Double.NaN;
        losses[1] = 1e9;
        try (SecretBits bits = SecretBits.fresh("test")) {
            NoisyFigures.Figures figures = noisy.release(hits, losses, bits);
            double sd = Math.sqrt(2) * noisy.multiplier() / n;
            assertThat(figures.hits()).isCloseTo(0.25, within(7 * sd));
            assertThat(figures.loss()).isCloseTo((2.0 * (n - 2) + 20) / n, within(7 * sd * 10 + 1e-4));
        }
    }
}
