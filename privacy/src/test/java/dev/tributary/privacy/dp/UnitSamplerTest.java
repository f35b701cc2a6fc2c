package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tributary.privacy.noise.BitSource;
import java.util.Random;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UnitSamplerTest {
    private static final double SIGNIFICANCE = 1e-4;

    @Test
    @Tag("statistical")
    void batchSizesAreBinomial() {
        int population = 200;
        double rate = 0.05;
        int rounds = 50_000;
        long[] counts = new long[population + 1];
        BitSource bits = seeded(1);
        for (int i = 0; i < rounds; i++) {
            counts[UnitSampler.poisson(population, rate, bits).length]++;
        }
        double statistic = 0;
        int cells = 0;
        for (int k = 0; k <= population; k++) {
            double expected = rounds
                    * Math.exp(LogGamma.value(population + 1.0)
                            - LogGamma.value(k + 1.0)
                            - LogGamma.value(population - k + 1.0)
                            + k * Math.log(rate)
                            + (population - k) * Math.log1p(-rate));
            if (expected > 5) {
                statistic += Math.pow(counts[k] - expected, 2) / expected;
                cells++;
            }
        }
        assertThat(RegularizedGamma.Q.value((cells - 1) / 2.0, statistic / 2)).isGreaterThan(SIGNIFICANCE);
    }

    @Test
    @Tag("statistical")
    void everyUnitIsTakenEquallyOftenByBothSchemes() {
        int rounds = 20_000;
        for (boolean poisson : new boolean[] {true, false}) {
            long[] counts = new long[50];
            BitSource bits = seeded(2);
            for (int i = 0; i < rounds; i++) {
                for (int unit : poisson ? UnitSampler.poisson(50, 0.2, bits) : UnitSampler.fixedSize(50, 10, bits)) {
                    counts[unit]++;
                }
            }
            for (long count : counts) { // 5 standard deviations of a binomial
                assertThat((double) count).isBetween(4000 - 5 * 56.6, 4000 + 5 * 56.6);
            }
        }
    }

    @Test
    void fixedSampleHasItsSizeAndNoRepeats() {
        int[] sample = UnitSampler.fixedSize(100, 30, seeded(3));
        assertThat(sample).hasSize(30).doesNotHaveDuplicates().isSorted();
        assertThat(UnitSampler.fixedSize(5, 5, seeded(3))).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void batchMayBeEmptyAndFullRateTakesAll() {
        assertThat(UnitSampler.poisson(10, 1, seeded(4))).hasSize(10);
        assertThat(UnitSampler.poisson(10, 1e-12, seeded(4))).isEmpty();
        assertThat(UnitSampler.poisson(0, 0.5, seeded(4))).isEmpty();
    }

    /** The largest word gives u = 1 and a skip of 0; the smallest gives the longest skip. */
    @Test
    void extremeWordsAreHarmless() {
        assertThat(UnitSampler.poisson(3, 0.5, (words, from, to) -> words[from] = -1L))
                .containsExactly(0, 1, 2);
        assertThat(UnitSampler.poisson(3, 0.5, (words, from, to) -> words[from] = 0L))
                .isEmpty();
    }

    @Test
    void rateOutOfRangeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> UnitSampler.poisson(3, 0, seeded(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> UnitSampler.fixedSize(3, 4, seeded(1)));
    }

    private static BitSource seeded(long seed) {
        Random random = new Random(seed);
        return (words, from, to) -> {
            for (int i = from; i < to; i++) {
                words[i] = random.nextLong();
            }
        };
    }
}
