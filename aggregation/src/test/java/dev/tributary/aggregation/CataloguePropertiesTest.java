package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.MaskedSums;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties that hold for every method of the catalogue to which they apply; a new method is tested by being there. */
class CataloguePropertiesTest {

    /** Rules that count or compare agents, or weigh them by something other than their examples. */
    private static final Set<String> NOT_BY_EXAMPLES =
            Set.of("geometric-median", "hetlora", "median", "multi-krum", "norm-bound", "trimmed-mean");

    @TempDir
    Path directory;

    static Stream<String> methods() {
        return Methods.names().stream();
    }

    private Federation federation(String name) {
        return new Federation(Methods.find(name).orElseThrow(), Federation.lora(4), Map.of(), directory);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void ofOneAgentTheModelIsKept(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method.card().personalState()).isFalse();
        GlobalState state = federation.trained();
        assertThat(federation
                        .aggregate(state, federation.updates(state, 1, 2))
                        .diagnostics()
                        .aggregationError())
                .isLessThan(1e-5);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void twoEqualAgentsCountAsOneOfDoubleWeight(String name) {
        assumeThat(NOT_BY_EXAMPLES).doesNotContain(name);
        Federation federation = federation(name);
        assumeThat(federation.method.card().personalState()).isFalse();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        assumeThat(federation.plans(state, 3).values().stream()
                        .map(terms -> List.of(terms.tensors(), terms.operations()))
                        .distinct())
                .as("all agents are asked the same")
                .hasSize(1);
        ReceivedUpdate first = updates.get(0);
        List<ReceivedUpdate> twice = new ArrayList<>(updates);
        twice.add(new ReceivedUpdate(Federation.agent(7), first.config(), first.examples(), 0, first.tensors()));
        List<ReceivedUpdate> heavier = new ArrayList<>(updates);
        heavier.set(0, new ReceivedUpdate(first.agent(), first.config(), 2 * first.examples(), 0, first.tensors()));
        federation.assertSameModel(federation.after(state, twice), federation.after(state, heavier));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void fourTimesAlphaWithAQuarterOfBIsTheSame(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method.card().personalState()).isFalse();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        assumeThat(NOT_BY_EXAMPLES.contains(name) && !name.equals("hetlora"))
                .as("robust rules take factors as the plan's scaling has them")
                .isFalse();
        ReceivedUpdate first = updates.get(0);
        assumeThat(first.tensors().layout().names()).anyMatch(n -> n.endsWith("lora_B.weight"));
        AdapterConfig c = first.config();
        AdapterConfig scaled = new AdapterConfig(
                c.type(),
                c.rank(),
                4 * c.alpha(),
                c.targetModules(),
                c.rankPattern(),
                c.alphaPattern(),
                c.dropout(),
                c.modulesToSave(),
                c.initialisation());
        assumeThat(federation.method.selection(state, federation.job, first.agent(), c))
                .isEmpty();
        List<ReceivedUpdate> other = new ArrayList<>(updates);
        other.set(
                0,
                new ReceivedUpdate(
                        first.agent(),
                        scaled,
                        first.examples(),
                        first.weight(),
                        Federation.changed(first, (tensor, values) -> isB(tensor) ? times(values, 0.25f) : values)));
        federation.assertSameModel(federation.after(state, other), federation.after(state, updates));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void whatAnAgentLacksIsTheMeanOfTheOthersOrRefusedByName(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method.card().personalState()).isFalse();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        ReceivedUpdate first = updates.get(0);
        String module = "layer.0.query";
        List<ReceivedUpdate> lacking = new ArrayList<>(updates);
        lacking.set(
                0,
                new ReceivedUpdate(
                        first.agent(),
                        first.config(),
                        first.examples(),
                        first.weight(),
                        new TensorSubset(first.tensors(), tensor -> !tensor.startsWith(module + "."))));
        boolean meanOfHolders = federation.method instanceof SumMethod;
        GlobalState found;
        try {
            found = federation.after(state, lacking);
        } catch (InvalidUpdateException e) {
            assertThat(meanOfHolders)
                    .as("a mean is over those that hold a tensor")
                    .isFalse();
            assertThat(e).hasMessageContaining(first.agent().value());
            return;
        }
        GlobalState others = federation.after(state, Federation.weighted(updates.subList(1, 3)));
        assertThat(Dense.distance(
                        federation.model(found).get(module),
                        federation.model(others).get(module)))
                .isLessThan(1e-5);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void weightsAreThoseOfTheAgentsThatAreLeft(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method.card().personalState()).isFalse();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> all = federation.updates(state, 4, 2);
        List<ReceivedUpdate> left = List.of(all.get(1), all.get(3)); // with the weights of a cohort of four
        List<ReceivedUpdate> withoutExamples = new ArrayList<>(left);
        ReceivedUpdate gone = all.get(0);
        withoutExamples.add(new ReceivedUpdate(gone.agent(), gone.config(), 0, 0, gone.tensors()));
        GlobalState wanted = federation.after(state, Federation.weighted(left));

        federation.assertSameModel(federation.after(state, left), wanted);
        federation.assertSameModel(federation.after(state, withoutExamples), wanted);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aMaskedSumOfIntegersGivesTheSameState(String name) {
        Federation federation = federation(name);
        assumeThat(federation.method.card().secureAggregation() == MethodCard.SecureAggregation.YES)
                .isTrue();
        GlobalState state = federation.trained();
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        GlobalState masked = federation.open(
                state,
                new StandardAggregation()
                        .aggregate(
                                federation.method,
                                state,
                                federation.job,
                                updates,
                                (before, ordered) -> withinRounding(new MaskedSums(before.config(), ordered)),
                                directory.resolve("masked")));
        GlobalState plain = federation.after(state, updates);
        for (String tensor : plain.tensors().layout().names()) {
            float[] found = masked.tensors().read(tensor);
            float[] wanted = plain.tensors().read(tensor);
            for (int i = 0; i < wanted.length; i++) {
                assertThat(found[i]).as(tensor).isCloseTo(wanted[i], offset(1e-5f));
            }
        }
    }

    /** Rounding each of the addends to f bits moves a sum by no more than Σ nᵢ·2^(−f−1). */
    private static MaskedSums withinRounding(MaskedSums masked) {
        long examples =
                masked.updates().stream().mapToLong(ReceivedUpdate::examples).sum();
        double bound = Math.scalb((double) examples, -MaskedSums.FRACTION_BITS - 1) + 1e-12;
        for (String tensor : masked.layout().names()) {
            assertThat(masked.numerator(tensor)).containsExactly(masked.plain().numerator(tensor), offset(bound));
        }
        return masked;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void whatFoldsIsRefusedOnABaseOfFewBitsAndUnderNoiseOnTheSum(String name) {
        FederatedMethod method = Methods.find(name).orElseThrow();
        Job job = Federation.job(name, Federation.lora(4), Map.of(), "fp32");
        Job coarse = with(job, "bf16", job.privacy());
        Job noised = with(job, "fp32", new Job.Privacy("client", new TreeMap<>(Map.of("trust", "central"))));

        assertThat(fields(method, coarse).contains("training.base-dtype"))
                .isEqualTo(method.card().foldsBase());
        assertThat(fields(method, noised).contains("privacy.unit"))
                .isEqualTo(method.card().secureAggregation() != MethodCard.SecureAggregation.YES);
    }

    private static List<String> fields(FederatedMethod method, Job job) {
        return method.check(job, Federation.model()).stream()
                .map(Problem::field)
                .toList();
    }

    private static Job with(Job job, String baseDtype, Job.Privacy privacy) {
        Job.Training t = job.training();
        return new Job(
                job.name(),
                job.baseModel(),
                job.task(),
                job.adapter(),
                new Job.Training(
                        t.epochs(),
                        t.maxSteps(),
                        t.batchSize(),
                        t.gradientAccumulation(),
                        t.learningRate(),
                        t.headLearningRate(),
                        t.optimizer(),
                        t.weightDecay(),
                        t.momentum(),
                        t.gradientClipping(),
                        t.schedule(),
                        t.warmup(),
                        t.proximalMu(),
                        t.loraPlusRatio(),
                        t.gradientCheckpointing(),
                        baseDtype),
                job.aggregation(),
                job.rounds(),
                job.keep(),
                job.cohort(),
                job.upload(),
                privacy,
                job.seed());
    }

    private static boolean isB(String tensor) {
        return TensorName.parse(tensor).role() == TensorRole.LORA_B;
    }

    private static float[] times(float[] values, float factor) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] *= factor;
        }
        return result;
    }
}
