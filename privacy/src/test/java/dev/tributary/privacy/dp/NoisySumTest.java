package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.adapter.Tensors;
import dev.tributary.privacy.noise.SecretBits;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NoisySumTest {
    @Test
    @Tag("statistical")
    void noiseHasTheWidthAskedForAndTheMeanIsKept() {
        NoisySum mechanism = NoisySum.ofSeparateContributions(0.5, 1.5);
        float[] sum = new float[1_000_000];
        Arrays.fill(sum, 7);
        float[] mean;
        try (SecretBits bits = SecretBits.fresh("test")) {
            mean = mechanism.release(sum, 10, bits);
        }
        double average = 0;
        double squares = 0;
        for (float value : mean) {
            average += value / (double) mean.length;
            squares += Math.pow(value - 0.7, 2) / mean.length;
        }
        // Six standard errors: fails by chance once in 10⁸ runs.
        assertThat(average).isCloseTo(0.7, within(6 * 0.075 / 1000));
        assertThat(Math.sqrt(squares)).isCloseTo(0.075, within(6 * 0.075 / Math.sqrt(2e6)));
    }

    @Test
    void everyReleasedValueIsOnTheGridSoNothingTellsTheSum() {
        NoisySum mechanism = NoisySum.ofSeparateContributions(1, 1);
        try (SecretBits bits = SecretBits.fresh("test")) {
            for (float value : mechanism.release(new float[] {0.1f, 0.3f, -0.7f, 1e-9f}, 1, bits)) {
                double steps = value / mechanism.grid().step();
                assertThat(steps).isEqualTo(Math.rint(steps));
            }
        }
    }

    @Test
    void noiseIsNeverBelowTheMultiplierTimesTheClip() {
        for (double clip = 1e-5; clip < 1e5; clip *= 3.7) {
            assertThat(NoisySum.ofSeparateContributions(clip, 0.8).sigma())
                    .isBetween(0.8 * clip, 0.8 * clip * 1.000001);
        }
    }

    @Test
    void floatingSumsGetTheirRoundingCovered() {
        NoisySum exact = NoisySum.ofSeparateContributions(1, 2);
        NoisySum floating = NoisySum.ofFloatingSum(1, 2, 1_000_000);
        assertThat(floating.sigma() / exact.sigma()).isCloseTo(1 + 1000 / 0x1p20, withinPercentage(1e-6));
    }

    @Test
    void twoReleasesOfTheSameSumDiffer() {
        NoisySum mechanism = NoisySum.ofSeparateContributions(1, 1);
        float[] sum = new float[16];
        try (SecretBits first = SecretBits.fresh("round 1");
                SecretBits second = SecretBits.fresh("round 1")) {
            assertThat(mechanism.release(sum, 1, first)).isNotEqualTo(mechanism.release(sum, 1, second));
        }
    }

    @Test
    void tensorsKeepTheirLayout() {
        Tensors sum = Tensors.builder()
                .put("a", new float[6], 2, 3)
                .put("b", new float[2], 2)
                .build();
        try (SecretBits bits = SecretBits.fresh("test")) {
            Tensors noisy = NoisySum.ofSeparateContributions(1, 1).release(sum, 4, bits);
            assertThat(noisy.layout()).isEqualTo(sum.layout());
            assertThat(noisy.read("a")).doesNotContain(0f);
        }
    }

    @Test
    void noiseFinerThanTheGridIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoisySum.ofSeparateContributions(1, 1e-6))
                .withMessageContaining("grid steps");
    }

    @Test
    void denominatorMustBePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> NoisySum.ofSeparateContributions(1, 1).release(new float[1], 0, SecretBits.fresh("test")))
                .withMessageContaining("denominator");
    }
}
