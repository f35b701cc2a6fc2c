package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import org.junit.jupiter.api.Test;

class FlexLoraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FlexLora();
    }

    @Override
    double differenceTolerance() {
        return SINGULAR_VECTORS;
    }

    @Test
    void rowsOfAAreOrthonormalAndErrorIsTheTail() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        var result = federation.aggregate(state, federation.updates(state, 3, 1));
        GlobalState next = federation.open(state, result.produced());
        double[][] a = Dense.read(next.tensors(), "layer.0.query.lora_A.weight");
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j <= i; j++) {
                double dot = 0;
                for (int c = 0; c < a[0].length; c++) {
                    dot += a[i][c] * a[j][c];
                }
                assertThat(dot).isCloseTo(i == j ? 1 : 0, org.assertj.core.api.Assertions.within(1e-6));
            }
        }
        assertThat(result.diagnostics().aggregationError()).isBetween(1e-3, 0.9);
    }

    @Test
    void oneAgentIsReproducedExactly() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        assertThat(federation
                        .aggregate(state, federation.updates(state, 1, 1))
                        .diagnostics()
                        .aggregationError())
                .isLessThan(1e-6);
    }
}
