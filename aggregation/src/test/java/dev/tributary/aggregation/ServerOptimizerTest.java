package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.aggregation.method.FedEx;
import dev.tributary.aggregation.method.FfaLora;
import dev.tributary.aggregation.method.RoLora;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptimizerTest {

    private static final String B = "layer.0.query.lora_B.weight";

    @TempDir
    Path directory;

    private Federation federation(FederatedMethod method, Map<String, String> options) {
        return new Federation(method, Federation.lora(3), options, directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fedavgm", "fedadagrad", "fedadam", "fedyogi"})
    void threeRoundsFollowTheEquations(String kind) {
        Federation federation =
                federation(new FfaLora(), Map.of("server-optimizer", kind, "server-learning-rate", "0.5"));
        GlobalState state = federation.initial();
        int size = state.tensors().read(B).length;
        double[] theta = new double[size];
        double[] m = new double[size];
        double[] v = new double[size];
        java.util.Arrays.fill(v, 1e-6);
        for (int round = 0; round < 3; round++) {
            List<ReceivedUpdate> updates = federation.updates(state, 3, round);
            float[] before = state.tensors().read(B);
            state = federation.after(state, updates);
            for (int i = 0; i < size; i++) {
                double g = -before[i];
                for (ReceivedUpdate update : updates) {
                    g += update.weight() * update.tensors().read(B)[i];
                }
                m[i] = round == 0 ? g : 0.9 * m[i] + 0.1 * g;
                double old = v[i];
                v[i] = switch (kind) {
                    case "fedadagrad" -> old + g * g;
                    case "fedadam" -> 0.99 * old + 0.01 * g * g;
                    default -> old - 0.01 * g * g * Math.signum(old - g * g);
                };
                theta[i] += kind.equals("fedavgm") ? 0.5 * m[i] : 0.5 * m[i] / (Math.sqrt(v[i]) + 1e-3);
            }
            float[] found = state.tensors().read(B);
            for (int i = 0; i < size; i++) {
                assertThat((double) found[i]).isCloseTo(theta[i], within(2e-6 * (1 + Math.abs(theta[i]))));
            }
        }
    }

    @Test
    void momentsStayWithTheCoordinator() {
        Federation federation = federation(new FedAvg(), Map.of("server-optimizer", "fedadam"));
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 2, 1));

        assertThat(next.ref().parts()).containsKey("server-optimizer");
        assertThat(next.ref().forAgents().parts().keySet())
                .isEqualTo(state.ref().parts().keySet());
        assertThat(next.tensors().layout()).isEqualTo(state.tensors().layout());
        assertThat(next.memory().layout().names()).contains(B + ".moment", B + ".second");
    }

    @Test
    void momentsOfAFactorThatRestsAreKept() {
        Federation federation = federation(new RoLora(), Map.of("server-optimizer", "fedavgm"));
        GlobalState first = federation.after(federation.initial(), federation.updates(federation.initial(), 2, 1));
        GlobalState second = federation.after(first, federation.updates(first, 2, 2)); // trains A

        assertThat(second.memory().read(B + ".moment")).isEqualTo(first.memory().read(B + ".moment"));
    }

    @Test
    void momentumCarriesOnWhenUpdatesChangeNothing() {
        Federation federation = federation(new FedAvg(), Map.of("server-optimizer", "fedavgm"));
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 2, 1));
        List<ReceivedUpdate> still =
                List.of(new ReceivedUpdate(Federation.agent(0), federation.job.adapter(), 5, 1, next.tensors()));
        float[] moved = next.tensors().read(B);
        float[] further = federation.after(next, still).tensors().read(B);
        for (int i = 0; i < moved.length; i++) {
            assertThat((double) further[i]).isCloseTo(1.9 * moved[i], within(1e-6));
        }
    }

    @Test
    void aMethodOnProductsRefusesAServerOptimiserAndNamesOthers() {
        Map<String, String> options = new HashMap<>(Map.of("server-optimizer", "fedadam"));
        Job job = Federation.job("fedex", Federation.lora(3), options, "fp32");
        List<Problem> problems = new FedEx().check(job, Federation.model());
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("aggregation.server-optimizer");
            assertThat(problem.fix()).contains("fedavg").doesNotContain("fedex");
        });
    }

    @Test
    void aBadValueIsRefused() {
        Job job = Federation.job(
                "fedavg", Federation.lora(3), Map.of("server-optimizer", "adam", "server-beta1", "2"), "fp32");
        assertThat(new FedAvg().check(job, Federation.model()))
                .extracting(Problem::field)
                .containsExactly("aggregation.server-optimizer", "aggregation.server-beta1");
    }
}
