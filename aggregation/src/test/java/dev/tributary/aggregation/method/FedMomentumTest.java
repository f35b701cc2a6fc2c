package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedMomentumTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedMomentum();
    }

    @Override
    double differenceTolerance() {
        return SINGULAR_VECTORS;
    }

    @Test
    void lessEnergyMeansASmallerFoldAndAKnownError() {
        Federation all = new Federation(method(), adapter(2), Map.of(), directory.resolve("all"));
        Federation some = new Federation(method(), adapter(2), Map.of("energy", "0.9"), directory.resolve("some"));
        GlobalState state = all.initial();
        var updates = all.updates(state, 4, 1);
        var exact = all.aggregate(state, updates).diagnostics();
        var cut = some.aggregate(some.initial(), updates).diagnostics();
        assertThat(exact.aggregationError()).isLessThan(5e-7);
        assertThat(cut.aggregationError()).isBetween(1e-3, Math.sqrt(0.1));
        assertThat(cut.more().get("residualRank")).isLessThan(exact.more().get("residualRank"));
    }
}
