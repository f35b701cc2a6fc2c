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

class LoraFairTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new LoraFair();
    }

    private double error(FederatedMethod method, Map<String, String> options) {
        Federation federation = new Federation(method, adapter(3), options, directory);
        GlobalState state = federation.initial();
        return federation
                .aggregate(state, federation.updates(state, 4, 1))
                .diagnostics()
                .aggregationError();
    }

    @Test
    void correctionNeverHurtsAndGrowsAsLambdaFalls() {
        double plain = error(new FedAvg(), Map.of());
        double previous = plain;
        for (String lambda : new String[] {"1000", "1", "0.1", "0.01", "0"}) {
            double error = error(method(), Map.of("lambda", lambda));
            assertThat(error).isLessThanOrEqualTo(previous * (1 + 1e-6));
            previous = error;
        }
        assertThat(previous).isLessThan(plain);
    }

    @Test
    void withoutLambdaWhatIsLeftIsOrthogonalToTheRowsOfA() {
        Federation federation = new Federation(method(), adapter(3), Map.of("lambda", "0"), directory);
        GlobalState state = federation.initial();
        var updates = federation.updates(state, 4, 1);
        GlobalState next = federation.after(state, updates);
        for (String module : Federation.SHAPES.keySet()) {
            double[][] rest =
                    Dense.plus(Oracle.ideal(state, updates, module), -1, Oracle.delta(next, List.of(), module));
            double[][] a = Dense.read(next.tensors(), module + ".lora_A.weight");
            double[][] transposed = new double[a[0].length][a.length];
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a[0].length; j++) {
                    transposed[j][i] = a[i][j];
                }
            }
            assertThat(Dense.norm(Dense.times(rest, transposed))).isLessThan(1e-6);
        }
    }

    @Test
    void gradientStepsBringTheDirectionNearerToTheIdeal() {
        double before = cosine(Map.of("solver", "sgd-cosine", "steps", "1", "step-size", "1e-9"));
        double after = cosine(Map.of("solver", "sgd-cosine", "lambda", "1e-4"));
        double bound = cosine(Map.of("lambda", "0")); // for fixed A the projection has the best direction too
        assertThat(after).isGreaterThan(before).isLessThanOrEqualTo(bound + 1e-9);
        assertThat(bound - after).isLessThan((bound - before) / 2);
    }

    private double cosine(Map<String, String> options) {
        Federation federation = new Federation(method(), adapter(3), options, directory);
        GlobalState state = federation.initial();
        var updates = federation.updates(state, 4, 1);
        double[][] ideal = Oracle.ideal(state, updates, "layer.0.query");
        double[][] found = Oracle.delta(federation.after(state, updates), java.util.List.of(), "layer.0.query");
        double dot = 0;
        for (int i = 0; i < ideal.length; i++) {
            for (int j = 0; j < ideal[0].length; j++) {
                dot += ideal[i][j] * found[i][j];
            }
        }
        return dot / (Dense.norm(ideal) * Dense.norm(found));
    }
}
