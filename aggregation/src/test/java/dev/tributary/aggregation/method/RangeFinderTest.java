package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RangeFinderTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedSb();
    }

    @Override
    Map<String, String> options(int rank) {
        return Map.of("initialisation", "federated-range");
    }

    @Override
    double differenceTolerance() {
        return SINGULAR_VECTORS;
    }

    @Test
    void afterTwoRoundsBAndAAreOrthonormalAndTheProductIsTheMean() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        for (TensorRole trained : List.of(TensorRole.LORA_B, TensorRole.LORA_A)) {
            assertThat(RangeFinder.trained(state)).isEqualTo(trained);
            List<ReceivedUpdate> updates = federation.updates(state, 3, trained.ordinal());
            GlobalState next = federation.after(state, updates);
            for (String module : Federation.SHAPES.keySet()) {
                assertThat(Dense.distance(Oracle.delta(next, List.of(), module), Oracle.ideal(state, updates, module)))
                        .isLessThan(1e-6);
            }
            state = next;
        }
        assertThat(RangeFinder.trained(state)).isEqualTo(TensorRole.LORA_R);
        double[][] a = Dense.read(state.tensors(), "layer.0.query.lora_A.weight");
        double[][] b = Dense.read(state.tensors(), "layer.0.query.lora_B.weight");
        double[][] core = Dense.read(state.tensors(), "layer.0.query.lora_R.weight");
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double rows = 0;
                for (int c = 0; c < a[0].length; c++) {
                    rows += a[i][c] * a[j][c];
                }
                double columns = 0;
                for (double[] row : b) {
                    columns += row[i] * row[j];
                }
                assertThat(rows).isCloseTo(i == j ? 1 : 0, within(1e-6));
                assertThat(columns).isCloseTo(i == j ? 1 : 0, within(1e-6));
                assertThat(core[i][j]).isGreaterThanOrEqualTo(0);
                if (i != j) {
                    assertThat(core[i][j]).isZero();
                }
            }
        }
        assertThat(core[0][0]).isGreaterThan(core[2][2]);
    }

    @Test
    void fromThenOnOnlyTheCoreIsSent() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        state = federation.after(state, federation.updates(state, 2, 1));
        state = federation.after(state, federation.updates(state, 2, 2));
        assertThat(federation.updates(state, 1, 3).get(0).tensors().layout().names())
                .noneMatch(name -> name.contains("lora_A") || name.contains("lora_B"))
                .anyMatch(name -> name.contains("lora_R"));
        GlobalState next = federation.after(state, federation.updates(state, 2, 3));
        assertThat(next.ref().parts().get("frozen"))
                .isEqualTo(state.ref().parts().get("frozen"));
    }
}
