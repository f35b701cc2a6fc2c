package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedPLoraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedPLora();
    }

    @Override
    Map<String, String> options(int rank) {
        return Map.of("sketch-rank", String.valueOf(rank));
    }

    @Test
    void aRankIsAveragedOverThoseWhoTrainedIt() {
        Federation federation = new Federation(method(), adapter(4), Map.of("sketch-rank", "2"), directory);
        GlobalState state = federation.initial();
        var updates = federation.updates(state, 3, 1);
        GlobalState next = federation.after(state, updates);
        double[][] found = Dense.read(next.tensors(), "layer.0.query.lora_B.weight");
        double[][] sum = new double[12][4];
        double[] weights = new double[4];
        var plans = federation.plans(state, 3);
        for (var update : updates) {
            var seed = java.util.Objects.requireNonNull(plans.get(update.agent()))
                    .operations()
                    .get(0)
                    .parameters()
                    .get("seed");
            int[] held = dev.tributary.plan.RankSelection.random(
                    Long.parseLong(java.util.Objects.requireNonNull(seed)), "layer.0.query", 4, 2);
            double[][] b = Dense.read(update.tensors(), "layer.0.query.lora_B.weight");
            for (int k = 0; k < 2; k++) {
                weights[held[k]] += update.examples();
                for (int i = 0; i < 12; i++) {
                    sum[i][held[k]] += update.examples() * b[i][k];
                }
            }
        }
        for (int i = 0; i < 12; i++) {
            for (int j = 0; j < 4; j++) {
                double wanted = weights[j] > 0 ? sum[i][j] / weights[j] : 0;
                assertThat(found[i][j]).isCloseTo(wanted, org.assertj.core.api.Assertions.within(1e-7));
            }
        }
    }
}
