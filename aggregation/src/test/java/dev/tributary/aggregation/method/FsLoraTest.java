package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.adapter.SlicedTensors;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.RankSelection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FsLoraTest extends FederatedMethodContract {

    private static final int[][] PAIRS_OF_FOUR = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};

    @Override
    FederatedMethod method() {
        return new FsLora();
    }

    @Override
    Map<String, String> options(int rank) {
        return Map.of("sketch-rank", String.valueOf(rank)); // the whole: FSLoRA is then FedAvg
    }

    @Test
    void ranksThatNobodyTrainedStayAsTheyAre() {
        Federation federation = new Federation(method(), adapter(5), Map.of("sketch-rank", "2"), directory);
        GlobalState state = federation.initial();
        state = federation.after(state, federation.updates(state, 3, 1));
        ReceivedUpdate one = federation.updates(state, 1, 2).get(0);
        int touched = 0;
        GlobalState next = federation.after(state, List.of(one));
        double[][] before = Dense.read(state.tensors(), "layer.0.query.lora_A.weight");
        double[][] after = Dense.read(next.tensors(), "layer.0.query.lora_A.weight");
        double[][] sent = Dense.read(one.tensors(), "layer.0.query.lora_A.weight");
        assertThat(sent).hasDimensions(2, 20);
        for (int i = 0; i < 5; i++) {
            if (!java.util.Arrays.equals(before[i], after[i])) {
                assertThat(after[i]).isEqualTo(sent[touched++]);
            }
        }
        assertThat(touched).isEqualTo(2);
    }

    @Test
    void theSketchOfTheForwardPassIsUnbiased() {
        GlobalState state = ofFourRanks();
        double[][] mean = new double[12][20];
        for (int[] pair : PAIRS_OF_FOUR) {
            mean = Dense.plus(mean, 1.0 / PAIRS_OF_FOUR.length, sketch(state, 2, pair));
        }
        assertThat(Dense.distance(mean, sketch(state, 1, 0, 1, 2, 3))).isLessThan(1e-12);
    }

    /** With Tⱼ = bⱼaⱼᵀ: Σ (r/k − 1)‖Tⱼ‖² − (r − k)/(k(r − 1))·Σ_{j≠l} ⟨Tⱼ, Tₗ⟩. */
    @Test
    void theSketchVariesAsTheFormulaSays() {
        GlobalState state = ofFourRanks();
        double[][] whole = sketch(state, 1, 0, 1, 2, 3);
        double variance = 0;
        for (int[] pair : PAIRS_OF_FOUR) {
            double off = Dense.norm(Dense.plus(sketch(state, 2, pair), -1, whole));
            variance += off * off / PAIRS_OF_FOUR.length;
        }
        double squares = 0;
        for (int rank = 0; rank < 4; rank++) {
            squares += Math.pow(Dense.norm(sketch(state, 1, rank)), 2);
        }
        double crossed = Math.pow(Dense.norm(whole), 2) - squares;

        assertThat(variance).isCloseTo((4 / 2.0 - 1) * squares - (4 - 2) / (2 * 3.0) * crossed, withinPercentage(1e-9));
    }

    private GlobalState ofFourRanks() {
        Federation federation = federation(4);
        return federation.after(federation.initial(), federation.updates(federation.initial(), 2, 1));
    }

    /** {@code factor} times the product of some ranks' factors. */
    private static double[][] sketch(GlobalState state, double factor, int... ranks) {
        SlicedTensors slice = new SlicedTensors(state.tensors(), module -> ranks);
        double[][] product = Dense.times(
                Dense.read(slice, "layer.0.query.lora_B.weight"), Dense.read(slice, "layer.0.query.lora_A.weight"));
        return Dense.plus(new double[12][20], factor, product);
    }

    @Test
    void scalingGrowsAsTheSketchShrinks() {
        Federation federation = new Federation(method(), adapter(6), Map.of("sketch-rank", "2"), directory);
        GlobalState state = federation.initial();
        var config = federation.plans(state, 1).values().iterator().next().adapter();
        assertThat(config.rankOf("layer.0.query")).isEqualTo(2);
        assertThat(config.scalingOf("layer.0.query")).isEqualTo(state.config().scalingOf("layer.0.query") * 3);
    }

    @Test
    void everySubsetIsDrawnAboutEquallyOften() {
        int[] counts = new int[6];
        for (int seed = 0; seed < 6000; seed++) {
            int[] chosen = RankSelection.random(seed, "m", 4, 2);
            counts[chosen[0] * 2 + chosen[1] - (chosen[0] == 0 ? 1 : chosen[0] == 1 ? 1 : 2)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(850, 1150);
        }
    }
}
