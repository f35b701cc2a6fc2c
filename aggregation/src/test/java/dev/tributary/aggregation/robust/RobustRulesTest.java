package dev.tributary.aggregation.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.aggregation.testing.Federation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RobustRulesTest {

    private static final String TENSOR = "layer.0.query.lora_B.weight";

    @TempDir
    Path directory;

    static Stream<UpdateMethod> rules() {
        return Stream.of(new Median(), new TrimmedMean(), new NormBound(), new GeometricMedian(), new MultiKrum());
    }

    private Federation federation(UpdateMethod rule, Map<String, String> options) {
        return new Federation(
                rule, Federation.lora(2), options, directory.resolve(rule.card().name()));
    }

    private static ReceivedUpdate changed(ReceivedUpdate update, DoubleUnaryOperator change) {
        Tensors.Builder builder = Tensors.builder();
        update.tensors().layout().tensors().forEach((name, info) -> {
            float[] values = update.tensors().read(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) change.applyAsDouble(values[i]);
            }
            builder.put(info, values);
        });
        return new ReceivedUpdate(update.agent(), update.config(), update.examples(), 0, builder.build());
    }

    /** Five agents; with equal examples, so that weighted and plain means agree. */
    private static List<ReceivedUpdate> equalUpdates(Federation federation, GlobalState state) {
        List<ReceivedUpdate> updates = new ArrayList<>();
        for (ReceivedUpdate u : federation.updates(state, 5, 1)) {
            updates.add(new ReceivedUpdate(u.agent(), u.config(), 10, 0, u.tensors()));
        }
        return updates;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void oneWildUpdateMovesTheResultLittle(UpdateMethod rule) {
        Federation federation = federation(rule, Map.of());
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = equalUpdates(federation, state);
        float[] calm = federation.after(state, updates).tensors().read(TENSOR);
        updates.set(3, changed(updates.get(3), x -> 1e6 * (x + 1)));
        float[] attacked = federation.after(state, updates).tensors().read(TENSOR);
        float[] mean = new Federation(new FedAvg(), Federation.lora(2), Map.of(), directory.resolve("mean"))
                .after(state, updates)
                .tensors()
                .read(TENSOR);
        assertThat(distance(attacked, calm)).isLessThan(1.0);
        assertThat(distance(mean, calm)).isGreaterThan(1e5);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void equalUpdatesAreReproduced(UpdateMethod rule) {
        Federation federation = federation(rule, Map.of());
        GlobalState state = federation.initial();
        ReceivedUpdate one = federation.updates(state, 1, 1).get(0);
        List<ReceivedUpdate> same = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            same.add(new ReceivedUpdate(Federation.agent(i), one.config(), 5 + i, 0, one.tensors()));
        }
        GlobalState next = federation.after(state, same);
        for (String tensor : next.tensors().layout().names()) {
            assertThat(distance(next.tensors().read(tensor), one.tensors().read(tensor)))
                    .isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aNonFiniteUpdateIsNamed(UpdateMethod rule) {
        Federation federation = federation(rule, Map.of());
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = equalUpdates(federation, state);
        updates.set(2, changed(updates.get(2), x -> Double.NaN));
        assertThatThrownBy(() -> federation.aggregate(state, updates))
                .isInstanceOf(InvalidUpdateException.class)
                .hasMessageContaining("agent-002");
    }

    @Test
    void medianAndTrimmedMeanAreThoseOfEachCoordinate() {
        Federation medians = federation(new Median(), Map.of());
        Federation trimmed = federation(new TrimmedMean(), Map.of("trim", "0.2"));
        GlobalState state = medians.initial();
        List<ReceivedUpdate> updates = equalUpdates(medians, state);
        float[] median = medians.after(state, updates).tensors().read(TENSOR);
        float[] mean = trimmed.after(trimmed.initial(), updates).tensors().read(TENSOR);
        for (int e = 0; e < median.length; e++) {
            double[] values = new double[5];
            for (int i = 0; i < 5; i++) {
                values[i] = updates.get(i).tensors().read(TENSOR)[e];
            }
            Arrays.sort(values);
            assertThat((double) median[e]).isCloseTo(values[2], within(1e-9));
            assertThat((double) mean[e]).isCloseTo((values[1] + values[2] + values[3]) / 3, within(1e-7));
        }
    }

    @Test
    void krumDoesNotSeeATurnOfFactors() {
        Federation federation = federation(new MultiKrum(), Map.of("malicious", "1", "select", "1"));
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = equalUpdates(federation, state);
        GlobalState plain = federation.after(state, updates);
        List<ReceivedUpdate> turned = new ArrayList<>(updates);
        for (int i = 0; i < 5; i++) {
            turned.set(i, changed(updates.get(i), x -> -x)); // B and A both change sign: the product does not
        }
        float[] chosen = plain.tensors().read(TENSOR);
        float[] mirrored = federation.after(state, turned).tensors().read(TENSOR);
        for (int i = 0; i < chosen.length; i++) {
            assertThat(mirrored[i]).isCloseTo(-chosen[i], within(1e-7f));
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
