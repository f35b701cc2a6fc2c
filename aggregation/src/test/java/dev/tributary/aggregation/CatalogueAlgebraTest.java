package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How every method's result follows from its arguments: linearly, by the product, and from nothing else. */
class CatalogueAlgebraTest {

    private static final String MODULE = "layer.0.query";
    private static final int RANK = 4;

    @TempDir
    Path directory;

    static Stream<String> methods() {
        return Methods.names().stream();
    }

    private Federation federation(String name) {
        return new Federation(Methods.find(name).orElseThrow(), Federation.lora(RANK), Map.of(), directory);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void ofMixedUpdatesAMethodOnSumsMakesTheMixedStates(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method).isInstanceOf(SumMethod.class);
        GlobalState state = federation.trained();
        List<ReceivedUpdate> first = federation.updates(state, 3, 2);
        List<ReceivedUpdate> second = federation.updates(state, 3, 3);
        List<ReceivedUpdate> mixed = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            ReceivedUpdate other = second.get(i);
            mixed.add(with(
                    first.get(i),
                    (tensor, values) -> mixed(values, other.tensors().read(tensor))));
        }

        GlobalState found = federation.after(state, mixed);
        GlobalState left = federation.after(state, first);
        GlobalState right = federation.after(state, second);

        if (federation.method.card().adapters() == AdapterNeeds.REFACTORED) { // the product is mixed, its factors turn
            Map<String, double[][]> model = federation.model(found);
            Map<String, double[][]> one = federation.model(left);
            federation
                    .model(right)
                    .forEach((module, two) -> assertThat(Dense.distance(
                                    model.get(module),
                                    Dense.plus(Dense.plus(one.get(module), 0.75, one.get(module)), -0.75, two)))
                            .isLessThan(1e-5));
            return;
        }
        for (String tensor : found.tensors().layout().names()) {
            assertThat(found.tensors().read(tensor))
                    .as(tensor)
                    .containsExactly(
                            mixed(left.tensors().read(tensor), right.tensors().read(tensor)), offset(2e-6f));
        }
    }

    private static float[] mixed(float[] left, float[] right) {
        float[] result = new float[left.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (1.75 * left[i] - 0.75 * right[i]);
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void exactMethodsDoNotSeeHowAProductIsSplit(String name) {
        Federation federation = federation(name);
        AdapterNeeds needs = federation.method.card().adapters();
        assumeThat(federation.method.card().exact() && needs != AdapterNeeds.CORE && needs != AdapterNeeds.HEADS)
                .isTrue();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        assumeThat(updates.get(0).tensors().layout().names())
                .anyMatch(n -> n.endsWith("lora_A.weight"))
                .anyMatch(n -> n.endsWith("lora_B.weight"));

        federation.assertSameModel(federation.after(state, turned(updates)), federation.after(state, updates));
    }

    @Test
    void theMeanOfFactorsDoesSeeIt() {
        Federation federation = federation("fedavg");
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);

        assertThat(Dense.distance(
                        federation
                                .model(federation.after(state, turned(updates)))
                                .get(MODULE),
                        federation.model(federation.after(state, updates)).get(MODULE)))
                .isGreaterThan(0.1);
    }

    /** The first agent's factors as B·T and T⁻¹·A with T = I + uvᵀ, which leaves its product as it was. */
    private static List<ReceivedUpdate> turned(List<ReceivedUpdate> updates) {
        double[] u = {1, 0.5, -0.25, 0.75};
        double[] v = {2, -1, 1, 0.5};
        double vu = 0;
        for (int i = 0; i < RANK; i++) {
            vu += v[i] * u[i];
        }
        double[][] turn = new double[RANK][RANK];
        double[][] back = new double[RANK][RANK];
        for (int i = 0; i < RANK; i++) {
            for (int j = 0; j < RANK; j++) {
                turn[i][j] = (i == j ? 1 : 0) + u[i] * v[j];
                back[i][j] = (i == j ? 1 : 0) - u[i] * v[j] / (1 + vu);
            }
        }
        ReceivedUpdate first = updates.get(0);
        List<ReceivedUpdate> result = new ArrayList<>(updates);
        result.set(0, with(first, (tensor, values) -> switch (TensorName.parse(tensor)
                .role()) {
            case LORA_A -> flat(Dense.times(back, Dense.read(first.tensors(), tensor)));
            case LORA_B -> flat(Dense.times(Dense.read(first.tensors(), tensor), turn));
            default -> values;
        }));
        return result;
    }

    private static float[] flat(double[][] matrix) {
        float[] values = new float[matrix.length * matrix[0].length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
        }
        return values;
    }

    private static ReceivedUpdate with(ReceivedUpdate update, BiFunction<String, float[], float[]> change) {
        Tensors tensors = Federation.changed(update, change);
        return new ReceivedUpdate(update.agent(), update.config(), update.examples(), update.weight(), tensors);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aRoundThatCameToNothingLeavesNoTrace(String name) {
        Federation federation = federation(name);
        GlobalState state = federation.trained();
        var plans = federation.plans(state, 3);
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);

        federation.aggregate(state, federation.updates(state, 5, 9)); // never published

        assertThat(federation.plans(state, 3)).isEqualTo(plans);
        Federation fresh = new Federation(fresh(name), Federation.lora(RANK), Map.of(), directory.resolve("fresh"));
        assertThat(federation.after(state, updates).ref())
                .isEqualTo(fresh.after(state, updates).ref());
    }

    /** An object of the method that saw no round. */
    private static FederatedMethod fresh(String name) {
        return ServiceLoader.load(FederatedMethod.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(method -> method.card().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
