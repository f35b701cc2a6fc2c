package dev.tributary.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IidPartitionTest {

    @Test
    void everyRowIsInExactlyOnePartAndPartsAreEqual() {
        List<Set<Integer>> parts = IidPartition.deal(103, 10, 5);

        assertThat(parts).hasSize(10).allSatisfy(part -> assertThat(part.size()).isBetween(10, 11));
        Set<Integer> all = new HashSet<>();
        parts.forEach(all::addAll);
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 103).boxed().toList());
    }

    @Test
    void theSeedDecidesWhoGetsWhat() {
        assertThat(IidPartition.deal(50, 5, 1)).isEqualTo(IidPartition.deal(50, 5, 1));
        assertThat(IidPartition.deal(50, 5, 1)).isNotEqualTo(IidPartition.deal(50, 5, 2));
    }

    @Test
    void moreAgentsThanRowsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> IidPartition.deal(2, 3, 0));
    }
}
