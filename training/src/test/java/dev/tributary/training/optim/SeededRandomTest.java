package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededRandomTest {

    @Test
    void permutationHoldsEveryNumberOnce() {
        int[] order = SeededRandom.of(1).permutation(1000);

        assertThat(Arrays.stream(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
    }

    @Test
    void streamsDoNotDependOnWhatOthersDrew() {
        SeededRandom untouched = SeededRandom.of(5);
        SeededRandom drained = SeededRandom.of(5);
        drained.split(1).nextLong();

        assertThat(drained.split(2).nextLong()).isEqualTo(untouched.split(2).nextLong());
        assertThat(untouched.split(1).nextLong())
                .isNotEqualTo(untouched.split(2).nextLong());
        assertThat(SeededRandom.of(6).split(1).nextLong())
                .isNotEqualTo(untouched.split(1).nextLong());
    }

    @Test
    void numbersAreUniform() {
        SeededRandom random = SeededRandom.of(9);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }

        assertThat(Arrays.stream(counts)).allMatch(n -> Math.abs(n - 10_000) < 400); // over four standard deviations
    }

    /** The values are part of the contract: a stored seed must give the same training for ever. */
    @Test
    void valuesStayTheSame() {
        assertThat(SeededRandom.of(42).permutation(10)).containsExactly(6, 8, 0, 1, 3, 2, 4, 7, 9, 5);
    }
}
