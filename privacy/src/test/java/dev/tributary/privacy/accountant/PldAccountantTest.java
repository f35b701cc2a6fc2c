package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.privacy.accountant.PrivacyEvent.FixedSizeGaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PldAccountantTest {
    static List<Golden.Row> subsampled() {
        return Golden.rows("subsampled-gaussian.csv");
    }

    @ParameterizedTest
    @MethodSource("subsampled")
    void epsilonMatchesTheReferenceAndIsBelowRenyi(Golden.Row row) {
        SubsampledGaussian event = new SubsampledGaussian(row.number(0), row.number(1), row.integer(2));
        double epsilon = PldAccountant.epsilon(List.of(event), row.number(3));

        assertThat(epsilon).isLessThanOrEqualTo(row.number(4));
        if (row.has(7)) {
            assertThat(epsilon).isCloseTo(row.number(7), withinPercentage(0.1));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1e-5", "5, 50, 1e-5", "10, 100, 1e-6", "0.7, 3, 1e-9", "30, 4, 1e-3"})
    void plainGaussiansAreNeverBelowTheExactValue(double sigma, long count, double delta) {
        double exact = AnalyticGaussian.epsilon(sigma / Math.sqrt(count), delta);
        double epsilon = PldAccountant.epsilon(List.of(new Gaussian(sigma, count, Relation.REPLACE_ONE)), delta);
        assertThat(epsilon).isBetween(exact, exact * 1.0001);
    }

    /** Composing step by step must stay above the closed form. */
    @ParameterizedTest
    @CsvSource({"5, 50, 1e-5", "2, 8, 1e-6"})
    void manyConvolutionsStayAboveTheExactValue(double sigma, long count, double delta) {
        double exact = AnalyticGaussian.epsilon(sigma / Math.sqrt(count), delta);
        LossGrid grid = new LossPair(1, sigma, true).discretise(1e-4);
        LossGrid composed = LossComposition.compose(List.of(new LossComposition.Part(grid, count)), 1e-4);
        assertThat(composed.epsilon(delta)).isBetween(exact, exact * 1.0001);
    }

    @Test
    void coarserGridsAreMorePessimistic() {
        double exact = AnalyticGaussian.epsilon(5 / Math.sqrt(50), 1e-5);
        double last = exact;
        for (double step : new double[] {1e-3, 1e-2, 5e-2, 0.2}) {
            LossGrid grid = new LossPair(1, 5, false).discretise(step);
            double epsilon = LossComposition.compose(List.of(new LossComposition.Part(grid, 50)), step)
                    .epsilon(1e-5);
            assertThat(epsilon).isGreaterThan(last);
            last = epsilon;
        }
    }

    @Test
    void deltaMatchesPublishedValues() {
        assertThat(PldAccountant.delta(List.of(new Gaussian(Math.sqrt(3), 3, Relation.ADD_REMOVE)), 1))
                .isCloseTo(0.126936, within(1e-6));
        assertThat(PldAccountant.delta(List.of(new SubsampledGaussian(0.5, 0.2, 3)), 1))
                .isCloseTo(0.15594, within(1e-5));
    }

    @Test
    void oneSubsampledReleaseFollowsTheClosedForm() {
        // δ(ε) of one release: removing gives q·δ_G(ln(1 + (e^ε − 1)/q)).
        double q = 0.1;
        double epsilon = 0.5;
        double expected = q * AnalyticGaussian.delta(1.2, Math.log1p(Math.expm1(epsilon) / q));
        double delta = PldAccountant.delta(List.of(new SubsampledGaussian(1.2, q, 1)), epsilon);
        assertThat(delta).isBetween(expected, expected * (1 + 1e-6));
    }

    @Test
    void differentEventsCompose() {
        SubsampledGaussian steps = new SubsampledGaussian(1.0, 0.01, 1000);
        Gaussian metric = new Gaussian(10, 5, Relation.ADD_REMOVE);
        double together = PldAccountant.epsilon(List.of(steps, metric), 1e-5);
        assertThat(together)
                .isGreaterThan(PldAccountant.epsilon(List.of(steps), 1e-5))
                .isLessThan(RdpAccountant.epsilon(List.of(steps, metric), 1e-5));
        assertThat(PldAccountant.epsilon(List.of(steps.withCount(400), metric, steps.withCount(600)), 1e-5))
                .isCloseTo(together, within(1e-9));
    }

    @Test
    void whatHasNoLossDistributionIsRefused() {
        FixedSizeGaussian event = new FixedSizeGaussian(1, 10, 100, 1);
        assertThat(PldAccountant.supports(List.of(event))).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PldAccountant.epsilon(List.of(event), 1e-5))
                .withMessageContaining("Rényi");
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.5, 20", "0.05, 1, 10", "200, 0.001, 1000000"})
    void extremeNoiseStillGivesAUsableBound(double sigma, double q, long count) {
        SubsampledGaussian event = new SubsampledGaussian(sigma, q, count);
        double renyi = RdpAccountant.epsilon(List.of(event), 1e-6);
        assertThat(PldAccountant.epsilon(List.of(event), 1e-6)).isBetween(0.0, renyi * 1.001);
    }

    @Test
    void nothingReleasedCostsNothing() {
        assertThat(PldAccountant.epsilon(List.of(), 1e-5)).isZero();
    }
}
