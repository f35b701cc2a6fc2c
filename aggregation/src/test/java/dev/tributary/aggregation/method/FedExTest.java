package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedExTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedEx();
    }

    @Test
    void oneAgentNeedsNoFold() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        assertThat(federation
                        .after(state, federation.updates(state, 1, 1))
                        .ref()
                        .folds())
                .isEmpty();
    }

    @Test
    void equalUpdatesNeedNoFold() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        ReceivedUpdate one = federation.updates(state, 1, 1).get(0);
        List<ReceivedUpdate> same = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            same.add(new ReceivedUpdate(Federation.agent(i), one.config(), 10 + i, 0, one.tensors()));
        }
        assertThat(federation.after(state, same).ref().folds()).isEmpty();
    }

    @Test
    void foldHasRankOfOneAgentLess() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 5, 1));
        TensorSource fold = federation.folds(next).get(0);
        assertThat(fold.layout().get("layer.0.query.fold_P").shape()).containsExactly(12, 12);
        assertThat(fold.layout().get("layer.0.query.fold_Q").shape()).containsExactly(12, 20);
    }

    @Test
    void baseAndAdapterTogetherAreTheMeanOfProductsOverManyRounds() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        double[][] before = Oracle.delta(state, federation.folds(state), "layer.1.query");
        for (int round = 0; round < 4; round++) {
            List<ReceivedUpdate> updates = federation.updates(state, 3, round);
            List<TensorSource> folds = federation.folds(state);
            double[][] base = Dense.plus(
                    Oracle.delta(state, folds, "layer.1.query"), -1, Oracle.delta(state, List.of(), "layer.1.query"));
            double[][] wanted = Dense.plus(base, 1, Oracle.ideal(state, updates, "layer.1.query"));
            state = federation.after(state, updates);
            before = Oracle.delta(state, federation.folds(state), "layer.1.query");
            assertThat(Dense.distance(before, wanted)).isLessThan(1e-6);
        }
        assertThat(Dense.norm(before)).isPositive();
    }

    @Test
    void unequalAlphaIsCorrectedExactly() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = new ArrayList<>(federation.updates(state, 3, 3));
        ReceivedUpdate first = updates.get(0);
        AdapterConfig other = AdapterConfig.lora(2, 9, List.of("query", "value"));
        updates.set(0, new ReceivedUpdate(first.agent(), other, first.examples(), first.weight(), first.tensors()));
        Aggregation.Result result = federation.aggregate(state, updates);
        assertThat(result.diagnostics().aggregationError()).isLessThan(1e-6);
        GlobalState next = federation.open(state, result.produced());
        for (String module : Federation.SHAPES.keySet()) {
            double[][] wanted = Oracle.ideal(state, updates, module);
            assertThat(Dense.distance(Oracle.delta(next, federation.folds(next), module), wanted))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void truncatedResidualLeavesATailThatShrinksWithRank() {
        double previous = Double.MAX_VALUE;
        for (int rank : new int[] {1, 3, 6, 9}) {
            Federation federation =
                    new Federation(method(), adapter(3), Map.of("residual-rank", String.valueOf(rank)), directory);
            GlobalState state = federation.initial();
            double error = federation
                    .aggregate(state, federation.updates(state, 4, 1))
                    .diagnostics()
                    .aggregationError();
            assertThat(error).isLessThan(previous);
            previous = error;
        }
        assertThat(previous).isLessThan(1e-6);
    }

    @Test
    void gaugeOfOneAgentDoesNotChangeTheModel() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = new ArrayList<>(federation.updates(state, 3, 3));
        GlobalState plain = federation.after(state, updates);
        ReceivedUpdate first = updates.get(0);
        updates.set(
                0,
                new ReceivedUpdate(
                        first.agent(), first.config(), first.examples(), first.weight(), swapped(first.tensors())));
        GlobalState turned = federation.after(state, updates);
        for (String module : Federation.SHAPES.keySet()) {
            assertThat(Dense.distance(
                            Oracle.delta(turned, federation.folds(turned), module),
                            Oracle.delta(plain, federation.folds(plain), module)))
                    .isCloseTo(0, within(1e-6));
        }
    }

    /** Rank 2 with its two components exchanged: another pair of factors of the same product. */
    private static Tensors swapped(TensorSource source) {
        Tensors.Builder builder = Tensors.builder();
        source.layout().tensors().forEach((name, info) -> {
            float[] values = source.read(name);
            if (name.endsWith("lora_A.weight")) {
                int in = info.shape().get(1);
                float[] row = java.util.Arrays.copyOf(values, in);
                System.arraycopy(values, in, values, 0, in);
                System.arraycopy(row, 0, values, in, in);
            } else if (name.endsWith("lora_B.weight")) {
                for (int i = 0; i < values.length; i += 2) {
                    float left = values[i];
                    values[i] = values[i + 1];
                    values[i + 1] = left;
                }
            }
            builder.put(info, values);
        });
        return builder.build();
    }
}
