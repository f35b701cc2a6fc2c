package dev.tributary.agent.operation;

import static dev.tributary.agent.operation.Operations.A;
import static dev.tributary.agent.operation.Operations.B;
import static dev.tributary.agent.operation.Operations.IN;
import static dev.tributary.agent.operation.Operations.MODULE;
import static dev.tributary.agent.operation.Operations.OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.RankSelection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SelectRanksTest {

    private static final Map<String, String> FOLDED = Map.of("choice", "random", "seed", "42", "unselected", "fold");

    private final SelectRanks operation = new SelectRanks();
    private final Tensors start = Operations.factors(4, 1);

    private AgentOperation.Context context(Map<String, String> parameters) {
        return Operations.context(AdapterConfig.lora(2, 6, List.of("query")), start, parameters);
    }

    @Test
    void thePrefixIsTheFirstRowsOfAAndColumnsOfB() {
        TensorSource cut = operation.before(context(Map.of("choice", "prefix", "unselected", "drop")), start);

        assertThat(cut.read(A)).isEqualTo(java.util.Arrays.copyOf(start.read(A), 2 * IN));
        assertThat(cut.layout().get(B).shape()).containsExactly(OUT, 2);
        assertThat(cut.read(B)[3]).isEqualTo(start.read(B)[4 + 1]);
        assertThat(cut.read("classifier.weight")).isEqualTo(start.read("classifier.weight"));
    }

    @Test
    void aRandomChoiceIsTheOneBothSidesCompute() {
        TensorSource cut = operation.before(context(FOLDED), start);

        int[] chosen = RankSelection.random(42, MODULE, 4, 2);
        assertThat(cut.read(A)[0]).isEqualTo(start.read(A)[chosen[0] * IN]);
        assertThat(cut.read(B)[1]).isEqualTo(start.read(B)[chosen[1]]);
    }

    @Test
    void selectedAndFoldedRanksTogetherAreTheWholeAdapter() {
        TensorSource cut = operation.before(context(FOLDED), start);
        TensorSource fold = operation.fold(context(FOLDED), start).orElseThrow();

        double scaling = 3; // alpha 6, rank 2
        double[] whole = Operations.product(start);
        double[] selected = Operations.product(cut);
        double[] folded = Operations.product(fold.read(MODULE + ".fold_P"), fold.read(MODULE + ".fold_Q"), OUT, 2, IN);
        for (int i = 0; i < whole.length; i++) {
            assertThat(scaling * selected[i] + folded[i]).isCloseTo(scaling * whole[i], within(1e-5));
        }
    }

    @Test
    void nothingIsFoldedWhenUnselectedRanksAreDropped() {
        assertThat(operation.fold(context(Map.of("choice", "prefix", "unselected", "drop")), start))
                .isEmpty();
    }

    @Test
    void moreRanksThanThereAreCannotBeSelected() {
        AgentOperation.Context context = Operations.context(
                AdapterConfig.lora(5, 5, List.of("query")), start, Map.of("choice", "prefix", "unselected", "drop"));

        assertThatThrownBy(() -> operation.before(context, start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 of 4");
    }

    @Test
    void badParametersAreNamedTogether() {
        assertThat(operation.check(new TreeMap<>(Map.of("choice", "best", "unselected", "keep", "colour", "red"))))
                .hasSize(3);
        assertThat(operation.check(new TreeMap<>(Map.of("choice", "random", "unselected", "drop"))))
                .singleElement()
                .asString()
                .contains("seed");
        assertThat(operation.check(new TreeMap<>(FOLDED))).isEmpty();
    }
}
