package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.privacy.accountant.PrivacyEvent.FixedSizeGaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RdpAccountantTest {
    private static final double ONE_IN_A_MILLION = 1e-4; // as a percentage

    static List<Golden.Row> subsampled() {
        return Golden.rows("subsampled-gaussian.csv");
    }

    static List<Golden.Row> logA() {
        return Golden.rows("log-a.csv");
    }

    static List<Golden.Row> fixedSizeRdp() {
        return Golden.rows("fixed-size-rdp.csv");
    }

    static List<Golden.Row> fixedSizeEpsilon() {
        return Golden.rows("fixed-size-epsilon.csv");
    }

    @ParameterizedTest
    @MethodSource("subsampled")
    void epsilonIsTheExactOneAndNeverAboveGooglesBound(Golden.Row row) {
        SubsampledGaussian event = new SubsampledGaussian(row.number(0), row.number(1), row.integer(2));
        RdpCurve.Epsilon epsilon = RdpAccountant.curve(event).epsilon(row.number(3));

        assertThat(epsilon.value()).isCloseTo(row.number(4), withinPercentage(ONE_IN_A_MILLION / 100));
        assertThat(epsilon.order()).isEqualTo(row.number(5));
        if (row.has(6)) {
            assertThat(epsilon.value()).isLessThanOrEqualTo(row.number(6) + 1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("logA")
    void momentsOfTheSubsampledGaussianAreExact(Golden.Row row) {
        assertThat(PoissonGaussianRdp.logA(row.number(0), row.number(1), row.number(2)))
                .isCloseTo(row.number(3), withinPercentage(ONE_IN_A_MILLION / 100));
    }

    @ParameterizedTest
    @MethodSource("fixedSizeRdp")
    void fixedSizeSamplingFollowsTheTheorem(Golden.Row row) {
        assertThat(new FixedSizeGaussianRdp(row.number(0), row.number(1)).rdp(row.number(2)))
                .isCloseTo(row.number(3), withinPercentage(ONE_IN_A_MILLION));
    }

    @ParameterizedTest
    @MethodSource("fixedSizeEpsilon")
    void fixedSizeSamplingComposes(Golden.Row row) {
        FixedSizeGaussian event = new FixedSizeGaussian(row.number(0), row.integer(2), row.integer(1), row.integer(3));
        assertThat(RdpAccountant.epsilon(List.of(event), row.number(4)))
                .isCloseTo(row.number(5), withinPercentage(ONE_IN_A_MILLION));
    }

    @Test
    void integralAndBinomialSumAgreeBesideAnIntegerOrder() {
        for (double alpha : new double[] {2, 3, 7, 20}) {
            double exact = PoissonGaussianRdp.logA(0.05, 1.2, alpha);
            double around = (PoissonGaussianRdp.logA(0.05, 1.2, alpha - 1e-4)
                            + PoissonGaussianRdp.logA(0.05, 1.2, alpha + 1e-4))
                    / 2;
            assertThat(around).isCloseTo(exact, withinPercentage(1e-4));
        }
    }

    @Test
    void epsilonFallsWithNoiseAndRisesWithSamplingAndSteps() {
        double base = epsilon(1.5, 0.04, 500);
        assertThat(epsilon(1.6, 0.04, 500)).isLessThan(base);
        assertThat(epsilon(1.5, 0.05, 500)).isGreaterThan(base);
        assertThat(epsilon(1.5, 0.04, 501)).isGreaterThan(base);
    }

    @Test
    void differentEventsAddUp() {
        Gaussian metric = new Gaussian(10, 4, Relation.ADD_REMOVE);
        SubsampledGaussian steps = new SubsampledGaussian(1.5, 0.04, 100);
        RdpCurve sum = RdpAccountant.curve(List.of(metric, steps));
        RdpCurve parts = RdpAccountant.curve(steps)
                .plus(RdpAccountant.curve(metric.withCount(1)).times(4));

        assertThat(sum.epsilon(1e-5).value()).isCloseTo(parts.epsilon(1e-5).value(), withinPercentage(1e-10));
        assertThat(sum.epsilon(1e-5).value())
                .isGreaterThan(RdpAccountant.curve(steps).epsilon(1e-5).value());
    }

    @Test
    void eventsOfDifferentRelationsAreNotAdded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RdpAccountant.curve(
                        List.of(new SubsampledGaussian(1, 0.1, 1), new Gaussian(1, 1, Relation.REPLACE_ONE))))
                .withMessageContaining("relations");
    }

    @Test
    void conversionIsTheImprovedOne() {
        double[] orders = new double[31];
        double[] values = new double[31];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = i + 2;
            values[i] = 1.1;
        }
        RdpCurve.Epsilon epsilon = RdpCurve.of(orders, values).epsilon(1e-5);
        assertThat(epsilon.value()).isCloseTo(1.32783806176, withinPercentage(1e-9));
        assertThat(epsilon.order()).isEqualTo(32);
    }

    @Test
    void conversionOfAPureGaussianMatchesTheReference() {
        double[] orders = new double[99_000];
        Arrays.setAll(orders, i -> 1.001 + i * 0.001);
        double[] values = Arrays.stream(orders)
                .map(order -> order / (2 * 4.530877117 * 4.530877117))
                .toArray();
        assertThat(RdpCurve.of(orders, values).epsilon(1e-6).value()).isCloseTo(1, withinPercentage(1e-4));
    }

    @Test
    void deltaInvertsEpsilon() {
        RdpCurve curve = RdpAccountant.curve(new SubsampledGaussian(1.5, 0.04, 2250));
        double epsilon = curve.epsilon(1e-5).value();
        assertThat(curve.delta(epsilon)).isCloseTo(1e-5, withinPercentage(1e-6));
        assertThat(curve.delta(epsilon + 1)).isLessThan(1e-5);
    }

    @Test
    void nothingReleasedCostsNothing() {
        assertThat(RdpCurve.zero().epsilon(1e-9).value()).isZero();
        assertThat(RdpCurve.zero().delta(0)).isZero();
    }

    @Test
    void parametersOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SubsampledGaussian(1, 0, 1))
                .withMessage("sampling rate must be in (0, 1], was 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Gaussian(Double.NaN, 1, Relation.ADD_REMOVE))
                .withMessage("noise multiplier must be > 0 and finite, was NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FixedSizeGaussian(1, 11, 10, 1))
                .withMessageContaining("11 of 10");
    }

    private static double epsilon(double sigma, double q, long steps) {
        return RdpAccountant.epsilon(List.of(new SubsampledGaussian(sigma, q, steps)), 1e-5);
    }
}
