package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new Flora();
    }

    @Test
    void stackHasTheSumOfRanksAndTheAdapterBeginsAnew() {
        Federation federation = federation(4);
        federation.maxRanks = new int[] {1, 4, 2};
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 3, 1));
        assertThat(federation
                        .folds(next)
                        .get(0)
                        .layout()
                        .get("layer.0.query.fold_P")
                        .shape())
                .containsExactly(12, 7);
        assertThat(next.ref().parts().get("frozen"))
                .isEqualTo(state.ref().parts().get("frozen"));
        assertThat(Dense.norm(Oracle.delta(next, List.of(), "layer.0.query"))).isZero();
    }

    @Test
    void floraAndFedExGiveTheSameEffectiveWeights() {
        Federation flora = new Federation(method(), adapter(2), java.util.Map.of(), directory.resolve("flora"));
        Federation fedEx = new Federation(new FedEx(), adapter(2), java.util.Map.of(), directory.resolve("fedex"));
        GlobalState state = fedEx.initial();
        var updates = fedEx.updates(state, 3, 1);
        GlobalState left = flora.after(flora.initial(), updates);
        GlobalState right = fedEx.after(state, updates);
        for (String module : Federation.SHAPES.keySet()) {
            assertThat(Dense.distance(
                            Oracle.delta(left, flora.folds(left), module),
                            Oracle.delta(right, fedEx.folds(right), module)))
                    .isLessThan(1e-6);
        }
    }
}
