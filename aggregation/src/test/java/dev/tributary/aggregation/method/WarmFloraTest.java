package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarmFloraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new Flora();
    }

    @Override
    Map<String, String> options(int rank) {
        return Map.of("warm-start", "true");
    }

    @Override
    double differenceTolerance() {
        return SINGULAR_VECTORS;
    }

    @Test
    void theAdapterGoesOnFromTheLeadingPart() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        var updates = federation.updates(state, 3, 1);
        GlobalState next = federation.after(state, updates);
        double[][] adapter = Oracle.delta(next, List.of(), "layer.0.query");
        double[][] ideal = Oracle.ideal(state, updates, "layer.0.query");
        assertThat(Dense.distance(adapter, ideal)).isBetween(1e-3, 0.9);
    }
}
