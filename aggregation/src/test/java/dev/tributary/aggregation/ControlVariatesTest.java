package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.aggregation.method.FedRot;
import dev.tributary.aggregation.method.FfaLora;
import dev.tributary.aggregation.method.RoLora;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlVariatesTest {

    private static final String B = "layer.0.query.lora_B.weight";
    private static final Map<String, String> SCAFFOLD = Map.of("control-variates", "scaffold");
    private static final int STEPS = 10;
    private static final double RATE = 0.1;

    @TempDir
    Path directory;

    private Federation federation(FederatedMethod method, Map<String, String> options) {
        return new Federation(method, Federation.lora(3), options, directory);
    }

    /** Two agents with losses h/2·(θ − t)², for every element of every tensor: their common optimum is known. */
    private static final class Quadratics {
        static final double[] CURVATURE = {1, 4};
        static final double[] OPTIMUM = {1, -1};
        final List<Map<String, float[]>> own = List.of(new HashMap<>(), new HashMap<>());

        /** H steps of gradient descent, each moved by its share of Cᵢ − C; then Cᵢ ← Cᵢ − C + θ₀ − θ. */
        Tensors train(int agent, GlobalState state, Iterable<TensorInfo> sent) {
            Tensors.Builder trained = Tensors.builder();
            for (TensorInfo info : sent) {
                float[] from = state.tensors().read(info.name());
                String control = info.name() + ".control";
                boolean known = state.memory().layout().names().contains(control);
                float[] all = known ? state.memory().read(control) : new float[from.length];
                float[] mine = own.get(agent).computeIfAbsent(info.name(), name -> new float[from.length]);
                float[] values = from.clone();
                for (int i = 0; i < values.length; i++) {
                    double shift = mine[i] - all[i];
                    for (int step = 0; step < STEPS; step++) {
                        values[i] += (float) (-RATE * CURVATURE[agent] * (values[i] - OPTIMUM[agent]) + shift / STEPS);
                    }
                    mine[i] += from[i] - values[i] - all[i];
                }
                trained.put(info, values);
            }
            return trained.build();
        }
    }

    private double distanceToTheOptimum(Map<String, String> options) {
        Federation federation = federation(new FedAvg(), options);
        Quadratics agents = new Quadratics();
        GlobalState state = federation.initial();
        for (int round = 0; round < 40; round++) {
            List<ReceivedUpdate> updates = new ArrayList<>();
            for (ReceivedUpdate made : federation.updates(state, 2, round)) {
                Tensors trained = agents.train(
                        updates.size(), state, made.tensors().layout().tensors().values());
                updates.add(new ReceivedUpdate(made.agent(), made.config(), made.examples(), made.weight(), trained));
            }
            state = federation.after(state, updates);
        }
        double w = 10 / 27.0;
        double optimum = (w * 1 - (1 - w) * 4) / (w + (1 - w) * 4);
        double largest = 0;
        for (float value : state.tensors().read(B)) {
            largest = Math.max(largest, Math.abs(value - optimum));
        }
        return largest;
    }

    @Test
    void correctedAgentsReachTheOptimumThatPlainOnesMiss() {
        assertThat(distanceToTheOptimum(Map.of())).isGreaterThan(0.05);
        assertThat(distanceToTheOptimum(SCAFFOLD)).isLessThan(1e-3);
    }

    @Test
    void onlyTheShareOfTheAgentsThatTookPartMovesTheVariate() {
        Federation federation = federation(new FedAvg(), SCAFFOLD);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = federation.updates(state, 2, 1);
        WeightedSumsOf sums = new WeightedSumsOf(state, updates);
        StateFiles files = new StateFiles(directory.resolve("half"), java.util.Set.of());
        new ControlVariates(0.5).write(state, sums.sums(), files);
        GlobalState half = federation.open(state, files.produced());
        GlobalState whole = federation.after(state, updates);

        float[] expected = whole.memory().read(B + ".control");
        float[] found = half.memory().read(B + ".control");
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i] / 2, within(1e-7));
        }
    }

    private record WeightedSumsOf(GlobalState state, List<ReceivedUpdate> updates) {
        Sums sums() {
            return new dev.tributary.aggregation.engine.WeightedSums(state.config(), updates);
        }
    }

    @Test
    void variatesAreSentToAgentsAndAreNoTensorsOfTheModel() {
        Federation federation = federation(new FedAvg(), SCAFFOLD);
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 2, 1));

        assertThat(next.ref().forAgents().parts()).containsKey("control-variates");
        assertThat(next.tensors().layout()).isEqualTo(state.tensors().layout());
        assertThat(next.memory().layout().names()).contains(B + ".control", "classifier.weight.control");
    }

    @Test
    void aServerOptimiserChangesTheStepAndNotTheVariate() {
        Federation plain = federation(new FedAvg(), SCAFFOLD);
        List<ReceivedUpdate> updates = plain.updates(plain.initial(), 2, 1);
        Map<String, String> both = new HashMap<>(SCAFFOLD);
        both.put("server-optimizer", "fedadam");
        Federation optimized = federation(new FedAvg(), both);
        GlobalState one = plain.after(plain.initial(), updates);
        GlobalState other = optimized.after(optimized.initial(), updates);

        assertThat(other.memory().read(B + ".control")).isEqualTo(one.memory().read(B + ".control"));
        assertThat(other.tensors().read(B)).isNotEqualTo(one.tensors().read(B));
    }

    @Test
    void theVariateOfAFactorThatRestsIsKept() {
        Federation federation = federation(new RoLora(), SCAFFOLD);
        GlobalState state = federation.initial();
        GlobalState first = federation.after(state, federation.updates(state, 2, 1));
        GlobalState second = federation.after(first, federation.updates(first, 2, 2)); // trains A

        assertThat(second.memory().read(B + ".control"))
                .isEqualTo(first.memory().read(B + ".control"));
    }

    @Test
    void anAgentOfSmallerRankTrainsWithoutCorrection() {
        Federation federation = federation(new FfaLora(), SCAFFOLD);
        federation.maxRanks = new int[] {8, 2};
        var plans = federation.plans(federation.initial(), 2);

        assertThat(names(plans.get(Federation.agent(0)))).contains(AgentOperations.CONTROL_VARIATE);
        assertThat(names(plans.get(Federation.agent(1)))).doesNotContain(AgentOperations.CONTROL_VARIATE);
    }

    private static List<String> names(@org.jspecify.annotations.Nullable AgentTerms terms) {
        return java.util.Objects.requireNonNull(terms).operations().stream()
                .map(Plan.Operation::name)
                .toList();
    }

    @Test
    void aMethodThatTurnsFactorsRefusesThemAndNamesOthers() {
        Job job = Federation.job("fedrot", Federation.lora(3), SCAFFOLD, "fp32");
        assertThat(new FedRot().check(job, Federation.model())).anySatisfy(problem -> {
            assertThat(problem.field()).isEqualTo("aggregation.control-variates");
            assertThat(problem.fix()).contains("fedavg").doesNotContain("fedrot");
        });
    }

    @Test
    void theNumberOfStepsMustBeGiven() {
        Job job = Federation.job("fedavg", Federation.lora(3), SCAFFOLD, "fp32");
        assertThat(new FedAvg().check(job, Federation.model()))
                .singleElement()
                .extracting(Problem::fix)
                .asString()
                .contains("training.max-steps");
    }
}
