package dev.tributary.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscreteGaussianTest {
    private static final int DRAWS = 1_000_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 4.25, 17, 100})
    @Tag("statistical")
    void drawsFollowTheExactProbabilities(double sigma) {
        assertThat(GaussianFit.pValue(draws(sigma), sigma)).isGreaterThan(GaussianFit.SIGNIFICANCE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1000, 4096, 4097, 5000, 0x1p20, 0x1p27, 0x1p40})
    @Tag("statistical")
    void largeSigmasKeepShapeAndMoments(double sigma) {
        long[] draws = draws(sigma);
        assertThat(GaussianFit.coarsePValue(draws, sigma)).isGreaterThan(GaussianFit.SIGNIFICANCE);

        double mean = Arrays.stream(draws).mapToDouble(v -> v / sigma).average().orElseThrow();
        double square = Arrays.stream(draws)
                .mapToDouble(v -> Math.pow(v / sigma, 2))
                .average()
                .orElseThrow();
        double fourth = Arrays.stream(draws)
                .mapToDouble(v -> Math.pow(v / sigma, 4))
                .average()
                .orElseThrow();
        double root = Math.sqrt(DRAWS); // 4 standard errors each
        assertThat(mean).isCloseTo(0, within(4 / root));
        assertThat(square).isCloseTo(1, within(4 * Math.sqrt(2) / root));
        assertThat(fourth).isCloseTo(3, within(4 * Math.sqrt(96) / root));
    }

    /** The scale of the convolution must not show in the low bits. */
    @Test
    @Tag("statistical")
    void residuesOfConvolvedNoiseAreUniform() {
        int[] counts = new int[256];
        for (long draw : draws(0x1p20)) {
            counts[(int) Math.floorMod(draw, 256L)]++;
        }
        double expected = DRAWS / 256.0;
        double statistic = Arrays.stream(counts)
                .mapToDouble(count -> Math.pow(count - expected, 2) / expected)
                .sum();
        assertThat(statistic).isBetween(170.0, 350.0); // χ² with 255 degrees of freedom, 4 standard deviations
    }

    @Test
    @Tag("statistical")
    void rejectionSamplerAgrees() {
        RejectionSampler oracle = new RejectionSampler(3, new SecretBits(SecretBitsTest.seed(9), "oracle"));
        long[] draws = new long[100_000];
        Arrays.setAll(draws, i -> oracle.draw());
        assertThat(GaussianFit.pValue(draws, 3)).isGreaterThan(GaussianFit.SIGNIFICANCE);
    }

    @Test
    @Tag("statistical")
    void brokenSamplersAreFound() {
        long[] good = draws(3);
        assertThat(fit(good, v -> v)).isGreaterThan(GaussianFit.SIGNIFICANCE);
        assertThat(fit(good, v -> v / 2)).as("half the noise").isLessThan(1e-12);
        assertThat(fit(good, v -> v == 0 ? 1 : v)).as("no zero").isLessThan(1e-12);
        assertThat(fit(good, Math::abs)).as("no sign").isLessThan(1e-12);
        assertThat(fit(good, v -> v > 9 ? 9 : v)).as("a cut tail").isLessThan(1e-12);
        assertThat(fit(draws(3.02), v -> v)).as("sigma off by 0.7 %").isLessThan(GaussianFit.SIGNIFICANCE);
        Random random = new Random(1);
        assertThat(fit(good, v -> (long) (3 * random.nextGaussian())))
                .as("a truncated continuous Gaussian")
                .isLessThan(1e-12);
        assertThat(GaussianFit.coarsePValue(draws(0x1p20), 1.01 * 0x1p20))
                .as("a convolution of the wrong scale")
                .isLessThan(GaussianFit.SIGNIFICANCE);
    }

    @Test
    void noiseIsAddedNotPutInPlace() {
        long[] values = {1_000_000, -1_000_000, 0};
        long[] before = values.clone();
        DiscreteGaussian gaussian = DiscreteGaussian.atLeast(5);
        gaussian.addTo(values, new SecretBits(SecretBitsTest.seed(3), "x"));
        long[] noise = new long[3];
        gaussian.fill(noise, new SecretBits(SecretBitsTest.seed(3), "x"));
        Arrays.setAll(before, i -> before[i] + noise[i]);
        assertThat(values).isEqualTo(before);
    }

    @Test
    void overflowIsAnErrorNotAWrap() {
        long[] values = new long[64];
        Arrays.fill(values, Long.MAX_VALUE);
        assertThatThrownBy(
                        () -> DiscreteGaussian.atLeast(100).addTo(values, new SecretBits(SecretBitsTest.seed(3), "x")))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void sigmaIsNeverBelowTheOneAskedFor() {
        for (double sigma = 0.3; sigma < 0x1p47; sigma *= 1.37) {
            assertThat(DiscreteGaussian.atLeast(sigma).sigma()).isBetween(sigma, sigma * (1 + 1e-12));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void sigmaOutOfRangeIsRefused(double sigma) {
        assertThatIllegalArgumentException().isThrownBy(() -> DiscreteGaussian.atLeast(sigma));
    }

    private static double fit(long[] draws, LongUnaryOperator change) {
        return GaussianFit.pValue(Arrays.stream(draws).map(change).toArray(), 3);
    }

    private static long[] draws(double sigma) {
        long[] draws = new long[DRAWS];
        DiscreteGaussian.atLeast(sigma).fill(draws, new SecretBits(SecretBitsTest.seed(11), "sigma " + sigma));
        return draws;
    }
}
