package dev.tributary.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tributary.cli.CliException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GridTest {

    @Test
    void everyCombinationIsACell() {
        Grid grid = Grid.of(List.of("method=fedavg,fedex", "seed=1, 2,3"));

        assertThat(grid.cells())
                .hasSize(6)
                .startsWith(Map.of("method", "fedavg", "seed", "1"), Map.of("method", "fedavg", "seed", "2"))
                .endsWith(Map.of("method", "fedex", "seed", "3"));
        assertThat(grid.cells()).extracting(Grid::word).doesNotHaveDuplicates().contains("fedex-seed-3");
    }

    @Test
    void shortNamesAreKeysOfTheJobAndOthersStay() {
        assertThat(Grid.keys(Map.of("method", "ffa", "rank", "4", "epsilon", "8", "training.epochs", "2")))
                .isEqualTo(Map.of(
                        "aggregation.method", "ffa",
                        "adapter.rank", "4",
                        "privacy.epsilon", "8",
                        "training.epochs", "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"method", "=1", "seed=", "seed=,"})
    void whatIsNoListOfValuesIsRefused(String option) {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Grid.of(List.of(option)))
                .withMessageContaining("method=fedavg,fedex");
    }

    @Test
    void aKeyTwiceAndTooManyJobsAreRefused() {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Grid.of(List.of("seed=1", "seed=2")))
                .withMessageContaining("twice");
        String many = String.join(
                ",",
                java.util.stream.IntStream.range(0, 30).mapToObj(i -> "" + i).toList());
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> Grid.of(List.of("seed=" + many, "rank=" + many)))
                .withMessageContaining("500");
    }
}
