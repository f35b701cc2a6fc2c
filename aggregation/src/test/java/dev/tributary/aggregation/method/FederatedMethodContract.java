package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.MovedBytes;
import dev.tributary.aggregation.testing.Oracle;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every federated method keeps to. A new method's test extends this. */
abstract class FederatedMethodContract {

    /** {@link #differenceTolerance} of rules that decompose: singular vectors of close singular values turn with rounding. */
    static final double SINGULAR_VECTORS = 1e-4;

    @TempDir
    Path directory;

    abstract FederatedMethod method();

    AdapterConfig adapter(int rank) {
        return Federation.lora(rank);
    }

    /** Largest relative error allowed where the method declares itself exact. */
    double exactness() {
        return 5e-7;
    }

    /** Options of the jobs of this contract. */
    Map<String, String> options(int rank) {
        return Map.of();
    }

    Federation federation(int rank) {
        return new Federation(method(), adapter(rank), options(rank), directory);
    }

    @Test
    void isFoundByName() {
        assertThat(Methods.find(method().card().name()))
                .hasValueSatisfying(found -> assertThat(found).isInstanceOf(method().getClass()));
    }

    @Test
    void acceptsAnOrdinaryJob() {
        Federation federation = federation(4);
        assertThat(method().check(federation.job, federation.model)).isEmpty();
    }

    @Test
    void equalSeedsGiveEqualInitialBytes() {
        GlobalState first = federation(4).initial();
        GlobalState second = federation(4).initial();
        assertThat(first.ref()).isEqualTo(second.ref());
    }

    @Test
    void initialModelIsTheBaseModel() {
        GlobalState state = federation(4).initial();
        for (String module : Federation.SHAPES.keySet()) {
            assertThat(Dense.norm(Oracle.delta(state, List.of(), module))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17})
    void arrivalOrderChangesNoBit(int agents) {
        Federation federation = federation(3);
        GlobalState state = federation.after(federation.initial(), federation.updates(federation.initial(), agents, 1));
        List<ReceivedUpdate> updates = federation.updates(state, agents, 2);
        List<ReceivedUpdate> shuffled = new ArrayList<>(updates);
        Collections.shuffle(shuffled, new Random(5));
        assertThat(federation.after(state, shuffled).ref())
                .isEqualTo(federation.after(state, updates).ref());
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "17,1", "1,4", "2,4", "3,4", "17,4", "2,5"})
    void reportedErrorIsTheDenseError(int agents, int rank) {
        if (method().card().personalState()) {
            return;
        }
        Federation federation = federation(rank);
        GlobalState state = federation.after(federation.initial(), federation.updates(federation.initial(), agents, 1));
        List<ReceivedUpdate> updates = federation.updates(state, agents, 2);
        Aggregation.Result result = federation.aggregate(state, updates);
        GlobalState next = federation.open(state, result.produced());
        List<TensorSource> folds = federation.folds(next);
        List<TensorSource> fresh = folds.subList(state.ref().folds().size(), folds.size());
        double error = 0;
        double ideal = 0;
        for (String module : Federation.SHAPES.keySet()) {
            double[][] wanted = Oracle.ideal(state, updates, module);
            double off = Dense.norm(Dense.plus(Oracle.delta(next, fresh, module), -1, wanted));
            assertThat(result.diagnostics().perModule().get(module)).isCloseTo(off / Dense.norm(wanted), within(1e-9));
            error += off * off;
            ideal += Dense.norm(wanted) * Dense.norm(wanted);
        }
        assertThat(result.diagnostics().aggregationError()).isCloseTo(Math.sqrt(error / ideal), within(1e-9));
        if (method().card().exact()) {
            assertThat(Math.sqrt(error / ideal)).isLessThan(exactness());
        }
    }

    /** Whether heads are averaged by default. */
    boolean averagesHeads() {
        return true;
    }

    @Test
    void headIsTheMeanOfHeadsUnlessItIsPersonal() {
        if (!averagesHeads()) {
            return;
        }
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 4);
        GlobalState next = federation.after(state, updates);
        for (String tensor : List.of("classifier.weight", "classifier.bias")) {
            double[] mean = new double[updates.get(0).tensors().read(tensor).length];
            for (ReceivedUpdate update : updates) {
                float[] values = update.tensors().read(tensor);
                Arrays.setAll(mean, i -> mean[i] + update.weight() * values[i]);
            }
            float[] found = next.tensors().read(tensor);
            for (int i = 0; i < mean.length; i++) {
                assertThat((double) found[i]).isCloseTo(mean[i], within(1e-7));
            }
        }
    }

    @Test
    void anAgentWithoutExamplesHasNoEffect() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = new ArrayList<>(federation.updates(state, 3, 4));
        GlobalState without = federation.after(state, updates);
        ReceivedUpdate last = updates.get(2);
        updates.add(new ReceivedUpdate(Federation.agent(9), last.config(), 0, 0, last.tensors()));
        assertThat(federation.after(state, updates).ref()).isEqualTo(without.ref());
    }

    @Test
    void aNonFiniteUpdateIsNamed() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = new ArrayList<>(federation.updates(state, 3, 4));
        ReceivedUpdate bad = updates.get(1);
        String tensor = bad.tensors().layout().names().stream()
                .filter(Federation::isFactor)
                .findFirst()
                .orElseThrow();
        updates.set(1, new ReceivedUpdate(bad.agent(), bad.config(), 5, 0, poisoned(bad.tensors(), tensor)));
        assertThatThrownBy(() -> federation.aggregate(state, updates))
                .isInstanceOfSatisfying(
                        InvalidUpdateException.class, e -> assertThat(e.agent()).isEqualTo(bad.agent()))
                .hasMessageContaining(tensor)
                .hasMessageContaining("NaN");
    }

    private static Tensors poisoned(TensorSource source, String tensor) {
        Tensors.Builder builder = Tensors.builder();
        for (TensorInfo info : source.layout().tensors().values()) {
            float[] values = source.read(info.name());
            if (info.name().equals(tensor)) {
                values[values.length - 1] = Float.NaN;
            }
            builder.put(info, values);
        }
        return builder.build();
    }

    @Test
    void differencesAndValuesGiveTheSameState() {
        Federation values = new Federation(method(), adapter(3), options(3), directory.resolve("values"));
        Federation differences =
                new Federation(method(), adapter(3), options(3), "bf16", directory.resolve("differences"));
        GlobalState state = values.after(values.initial(), values.updates(values.initial(), 3, 1));
        GlobalState same = values.after(values.initial(), values.updates(values.initial(), 3, 1));
        assertThat(same.ref()).isEqualTo(state.ref());
        List<ReceivedUpdate> updates = values.updates(state, 3, 2);
        Map<dev.tributary.plan.AgentId, AgentTerms> plans = differences.plans(state, 3);
        List<ReceivedUpdate> deltas = new ArrayList<>();
        for (ReceivedUpdate update : updates) {
            AgentTerms terms = java.util.Objects.requireNonNull(plans.get(update.agent()));
            deltas.add(new ReceivedUpdate(
                    update.agent(), update.config(), update.examples(), update.weight(), deltas(state, terms, update)));
        }
        GlobalState left = values.after(state, updates);
        GlobalState right = differences.after(state, deltas);
        for (String tensor : left.tensors().layout().names()) {
            float[] wanted = left.tensors().read(tensor);
            float[] found = right.tensors().read(tensor);
            for (int i = 0; i < wanted.length; i++) {
                assertThat((double) found[i]).isCloseTo(wanted[i], within(differenceTolerance()));
            }
        }
    }

    /** How far factors may differ between values and differences, which are rounded apart from each other. */
    double differenceTolerance() {
        return 1e-6;
    }

    private static Tensors deltas(GlobalState state, AgentTerms terms, ReceivedUpdate update) {
        TensorSource start = Federation.start(state, terms);
        Tensors.Builder builder = Tensors.builder();
        update.tensors().layout().tensors().forEach((name, info) -> {
            float[] values = update.tensors().read(name);
            boolean delta = terms.tensors().stream()
                    .anyMatch(t -> name.endsWith(t.role().suffix())
                            && dev.tributary.adapter.TensorName.parse(name).role() == t.role()
                            && t.send() == dev.tributary.plan.TensorTerms.Send.DELTA);
            if (delta) {
                float[] from = start.read(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] -= from[i];
                }
            }
            builder.put(info, values);
        });
        return builder.build();
    }

    @Test
    void agentsOfSmallerRankAreRefusedOrAggregated() {
        Federation federation = federation(4);
        federation.maxRanks = new int[] {1, 4, 3};
        GlobalState state = federation.initial();
        for (int round = 0; round < 2; round++) {
            List<ReceivedUpdate> updates = federation.updates(state, 5, round);
            boolean smaller = updates.stream().anyMatch(u -> u.config().rankOf("layer.0.query") < 4);
            assertThat(smaller).isEqualTo(method().card().heterogeneousRanks());
            Aggregation.Result result = federation.aggregate(state, updates);
            if (method().card().exact()) {
                assertThat(result.diagnostics().aggregationError()).isLessThan(exactness());
            }
            state = federation.open(state, result.produced());
        }
        for (String tensor : state.tensors().layout().names()) {
            for (float value : state.tensors().read(tensor)) {
                assertThat(value).isFinite();
            }
        }
    }

    @Test
    void everyNumberOfAgentsLeavesAWholeState() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        var layout = state.tensors().layout();
        for (int agents : new int[] {1, 3, 2}) {
            state = federation.after(state, federation.updates(state, agents, agents));
            assertThat(state.tensors().layout()).isEqualTo(layout);
        }
    }

    @Test
    void evaluationMeasuresTheWholeGlobalAdapter() {
        Federation federation = federation(4);
        federation.maxRanks = new int[] {2};
        GlobalState state = federation.initial();
        AgentTerms terms = method().evaluationPlans(
                        state, federation.job, List.of(Federation.profile(Federation.agent(0), 2)))
                .values()
                .iterator()
                .next();
        assertThat(terms.operations()).isEmpty();
        assertThat(terms.adapter().rankOf("layer.0.query")).isEqualTo(4);
        assertThat(terms.tensors()).noneMatch(t -> t.trains() || t.keep());
    }

    @Test
    void roundsMoveWhatWasForecast() throws IOException {
        MovedBytes.assertForecast(federation(4), 3, directory);
    }

    @Test
    void anEmptyRoundIsRefused() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        assertThatThrownBy(() -> federation.aggregate(state, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no update");
    }

    @Test
    void expectedUpdateHoldsOnlyTensorsThatAreSent() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        AgentTerms terms = federation.plans(state, 1).values().iterator().next();
        for (String tensor : new dev.tributary.aggregation.StandardAggregation()
                .expectedUpdate(state, terms)
                .keySet()) {
            assertThat(terms.tensors())
                    .anyMatch(t -> tensor.endsWith(t.role().suffix())
                            && t.send() != dev.tributary.plan.TensorTerms.Send.NOTHING);
        }
    }

    @Test
    void unknownOptionModuleRankAndTypeAreRefusedTogether() {
        AdapterConfig adapter = new AdapterConfig(
                "hadamard",
                6,
                6,
                List.of("query", "nonsense"),
                new TreeMap<>(),
                new TreeMap<>(),
                0,
                List.of(),
                "kaiming");
        Job job = Federation.job(method().card().name(), adapter, Map.of("colour", "blue"), "fp32");
        assertThat(method().check(job, Federation.model()))
                .extracting(Problem::field)
                .contains("adapter.type", "adapter.rank", "adapter.target-modules", "aggregation.colour");
    }
}
