package dev.tributary.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tributary.cli.CliException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionTest {
    private static final int ROWS = 600;
    /** 20 values in turn: three twentieths of the rows are "0", the others spread over "1" to "17". */
    private static final List<String> VALUES = IntStream.range(0, ROWS)
            .mapToObj(i -> String.valueOf(Math.max(0, i % 20 - 2)))
            .toList();

    @ParameterizedTest
    @ValueSource(strings = {"iid", "dirichlet:0.05", "dirichlet:100", "quantity:0.1", "quantity", "by:site"})
    void everyRowIsInExactlyOnePartAndNoPartIsTooSmall(String form) {
        List<Set<Integer>> parts = Partition.of(form).deal(VALUES, 10, 5);

        assertThat(parts).hasSize(10).allSatisfy(part -> assertThat(part).hasSizeGreaterThanOrEqualTo(2));
        List<Integer> all = new ArrayList<>();
        parts.forEach(all::addAll);
        assertThat(all).hasSize(ROWS);
        assertThat(new TreeSet<>(all)).hasSize(ROWS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iid", "dirichlet:0.3", "quantity:0.3"})
    void theSeedDecidesWhoGetsWhat(String form) {
        Partition partition = Partition.of(form);

        assertThat(partition.deal(VALUES, 5, 1)).isEqualTo(partition.deal(VALUES, 5, 1));
        assertThat(partition.deal(VALUES, 5, 1)).isNotEqualTo(partition.deal(VALUES, 5, 2));
    }

    @Test
    void iidPartsAreEqual() {
        assertThat(Partition.of("iid").deal(VALUES, 7, 5))
                .allSatisfy(part -> assertThat(part.size()).isBetween(ROWS / 7, ROWS / 7 + 1));
    }

    @Test
    void smallAlphaGivesEveryAgentFewLabels() {
        assertThat(labelsPerPart("dirichlet:0.02")).isLessThan(6);
        assertThat(labelsPerPart("dirichlet:1000")).isGreaterThan(16);
    }

    private static double labelsPerPart(String form) {
        return Partition.of(form).deal(VALUES, 10, 3).stream()
                .mapToLong(part -> part.stream().map(VALUES::get).distinct().count())
                .average()
                .orElseThrow();
    }

    @Test
    void smallAlphaGivesPartsOfVeryDifferentSize() {
        List<Set<Integer>> parts = Partition.of("quantity:0.2").deal(VALUES, 10, 3);

        assertThat(parts.stream().mapToInt(Set::size).max().orElseThrow()).isGreaterThan(3 * ROWS / 10);
    }

    @Test
    void aValueOfTheColumnIsNeverSplit() {
        List<Set<Integer>> parts = Partition.of("by:site").deal(VALUES, 6, 0);

        long held = parts.stream()
                .mapToLong(part -> part.stream().map(VALUES::get).distinct().count())
                .sum();
        assertThat(held).isEqualTo(VALUES.stream().distinct().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"even", "dirichlet:zero", "dirichlet:-1", "by:", "quantity:NaN"})
    void aPartitionThatMakesNoSenseIsRefused(String form) {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Partition.of(form))
                .withMessageContaining("--partition");
    }

    @Test
    void moreAgentsThanRowsOrValuesAreRefused() {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Partition.of("iid").deal(VALUES, 301, 0));
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Partition.of("by:site").deal(VALUES, 19, 0))
                .withMessageContaining("18 values");
    }
}
