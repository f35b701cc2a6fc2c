package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import org.junit.jupiter.api.Test;

class FedSvdTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedSvd();
    }

    @Override
    double differenceTolerance() {
        return SINGULAR_VECTORS;
    }

    @Test
    void rowsOfAAreOrthonormalEvenWhereBIsDeficient() {
        Federation federation = federation(5);
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 2, 1));
        double[][] a = Dense.read(next.tensors(), "layer.1.query.lora_A.weight");
        for (int i = 0; i < a.length; i++) {
            double norm = 0;
            for (double value : a[i]) {
                norm += value * value;
            }
            assertThat(norm).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-6));
        }
    }
}
