package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import dev.tributary.plan.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of the catalogue with every adapter type: it runs, or is refused with a way out. */
class AdapterTypesTest {

    @TempDir
    Path directory;

    static Stream<Arguments> pairs() {
        return Methods.names().stream()
                .flatMap(name -> Stream.of(AdapterKind.values()).map(kind -> Arguments.of(name, kind)));
    }

    private Federation federation(String method, String type, Map<String, String> options) {
        return new Federation(
                Methods.find(method).orElseThrow(), Federation.lora(4).withType(type), options, directory);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void runsOrIsRefusedWithAWayOut(String name, AdapterKind kind) {
        Federation federation = federation(name, kind.type(), Map.of());
        List<Problem> problems = federation.method.check(federation.job, federation.model);
        if (federation.method.card().adapterTypes().contains(kind.type())) {
            assertThat(problems).isEmpty();
            runs(federation, kind);
            return;
        }
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("adapter.type");
            assertThat(problem.message()).contains(name, kind.type(), ": it ");
            String nearest = problem.fix().replaceAll("Use adapter.type ([a-z-]+),.*", "$1");
            String other = problem.fix().replaceAll(".*: ([a-z0-9-]+).*", "$1");
            assertThat(federation.method.card().adapterTypes()).contains(nearest);
            assertThat(federation(other, kind.type(), Map.of()))
                    .satisfies(f -> assertThat(f.method.check(f.job, f.model)).isEmpty());
        });
    }

    private static void runs(Federation federation, AdapterKind kind) {
        GlobalState state = federation.initial();
        var layout = state.tensors().layout();
        boolean starts = !kind.fromBase().isEmpty();
        for (int round = 0; round < (starts ? 3 : 2); round++) {
            Aggregation.Result result = federation.aggregate(state, federation.updates(state, 3, round));
            state = federation.open(state, result.produced());
            assertThat(state.tensors().layout()).isEqualTo(layout);
            for (String tensor : layout.names()) {
                for (float value : state.tensors().read(tensor)) {
                    assertThat(value).as(tensor).isFinite();
                }
            }
            if (starts && round == 0) {
                isTheUnmodifiedBase(federation, state, kind);
            } else if (federation.method.card().exact() && kind.isLinearInProduct()) {
                assertThat(result.diagnostics().aggregationError()).isLessThan(5e-7);
            }
        }
    }

    private static void isTheUnmodifiedBase(Federation federation, GlobalState state, AdapterKind kind) {
        for (String module : Federation.SHAPES.keySet()) {
            assertThat(Dense.norm(Oracle.delta(state, federation.folds(state), module)))
                    .isLessThan(1e-5);
        }
        assertThat(state.ref().folds()).hasSize(kind.takesPartOfBase() ? 1 : 0);
    }

    @Test
    void aMinorityOfWrongStartingValuesChangesNothing() {
        Federation federation = federation("fedex", "pissa", Map.of());
        GlobalState state = federation.initial();
        List<ReceivedUpdate> honest = federation.updates(state, 3, 1);
        List<ReceivedUpdate> updates = new java.util.ArrayList<>(honest);
        dev.tributary.adapter.Tensors.Builder wrong = dev.tributary.adapter.Tensors.builder();
        honest.get(0).tensors().layout().tensors().forEach((name, info) -> {
            float[] values = new float[Math.toIntExact(info.elements())];
            java.util.Arrays.fill(values, 1e6f);
            wrong.put(info, values);
        });
        ReceivedUpdate first = honest.get(0);
        updates.set(
                0, new ReceivedUpdate(first.agent(), first.config(), first.examples(), first.weight(), wrong.build()));
        assertThat(federation.after(state, updates).ref())
                .isEqualTo(federation.after(state, honest).ref());
    }

    @Test
    void fedSbBeginsFromTheWeightsSvd() {
        Federation federation = federation("fed-sb", "lora-xs", Map.of("initialisation", "weight-svd"));
        GlobalState state = federation.initial();
        assertThat(federation.updates(state, 1, 1).get(0).tensors().layout().names())
                .allMatch(name -> name.contains("lora_A") || name.contains("lora_B"));
        GlobalState started = federation.after(state, federation.updates(state, 2, 1));
        float[] a = started.tensors().read("layer.0.query.lora_A.weight");
        assertThat(a).isNotEqualTo(state.tensors().read("layer.0.query.lora_A.weight"));
        var update = federation.updates(started, 2, 2);
        assertThat(update.get(0).tensors().layout().names()).noneMatch(name -> name.contains("lora_A"));
        GlobalState next = federation.after(started, update);
        assertThat(next.tensors().read("layer.0.query.lora_A.weight")).isEqualTo(a);
    }

    @Test
    void thePublishedStartIsThatOfOneAgentNearToAllOthers() {
        Federation federation = federation("fed-sb", "lora-xs", Map.of("initialisation", "weight-svd"));
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = new java.util.ArrayList<>();
        float[] turns = {0.3f, 0.1f, -0.2f};
        for (ReceivedUpdate update : federation.updates(state, turns.length, 1)) {
            dev.tributary.adapter.Tensors.Builder turned = dev.tributary.adapter.Tensors.builder();
            float turn = turns[updates.size()];
            update.tensors().layout().tensors().forEach((name, info) -> {
                float[] values = update.tensors().read(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] += turn;
                }
                turned.put(info, values);
            });
            updates.add(new ReceivedUpdate(
                    update.agent(), update.config(), update.examples(), update.weight(), turned.build()));
        }
        GlobalState started = federation.after(state, updates);
        updates.get(1)
                .tensors()
                .layout()
                .names()
                .forEach(name -> assertThat(started.tensors().read(name))
                        .isEqualTo(updates.get(1).tensors().read(name)));
    }

    @Test
    void fedSbBeginsFromAStepOnPublicData() {
        Federation federation = federation(
                "fed-sb",
                "lora-xs",
                Map.of("initialisation", "public-data", "public-dataset", "open", "public-step", "1e-5"));
        assertThat(federation.method.check(federation.job, federation.model)).isEmpty();
        GlobalState state = federation.initial();
        assertThat(state.tensors().read("classifier.weight")).doesNotContain(0f);
        AgentTerms terms = federation.plans(state, 1).get(Federation.agent(0));
        assertThat(terms.dataset()).contains("open");
        assertThat(terms.operations()).singleElement().satisfies(operation -> {
            assertThat(operation.name()).isEqualTo("start-from-step");
            assertThat(operation.parameters()).isEqualTo(Map.of("step", "1.0E-5"));
        });
        List<ReceivedUpdate> made = federation.updates(state, 3, 1);
        GlobalState started = federation.after(state, made);
        made.get(0)
                .tensors()
                .layout()
                .names()
                .forEach(name -> assertThat(started.tensors().read(name))
                        .isEqualTo(made.get(0).tensors().read(name)));
        assertThat(made.get(0).tensors().layout().names())
                .hasSize(3 * Federation.SHAPES.size())
                .noneMatch(name -> name.startsWith("classifier"));
        assertThat(started.tensors().read("classifier.weight"))
                .isEqualTo(state.tensors().read("classifier.weight"));
        AgentTerms then = federation.plans(started, 1).get(Federation.agent(0));
        assertThat(then.dataset()).isEmpty();
        assertThat(then.operations()).isEmpty();
        GlobalState next = federation.after(started, federation.updates(started, 3, 2));
        assertThat(next.ref().parts().get("frozen"))
                .isEqualTo(started.ref().parts().get("frozen"));
    }

    @Test
    void publicDataNeedsADatasetAndADatasetPublicData() {
        for (Map<String, String> options :
                List.of(Map.of("initialisation", "public-data"), Map.of("public-dataset", "open"))) {
            Federation federation = federation("fed-sb", "lora-xs", options);
            assertThat(federation.method.check(federation.job, federation.model))
                    .extracting(Problem::field)
                    .containsExactly("aggregation.public-dataset");
        }
    }

    @Test
    void startingValuesAreRefusedWherePrivacyHasNoTermsForThem() {
        Federation federation = federation("fedavg", "pissa", Map.of());
        AdapterConfig adapter = federation.job.adapter();
        var job = Federation.job("fedavg", adapter, Map.of(), "fp32");
        var guarded = new dev.tributary.plan.Job(
                job.name(),
                job.baseModel(),
                job.task(),
                adapter,
                job.training(),
                job.aggregation(),
                1,
                job.keep(),
                job.cohort(),
                job.upload(),
                new dev.tributary.plan.Job.Privacy("example"),
                job.seed());
        assertThat(federation.method.check(guarded, federation.model))
                .extracting(Problem::field)
                .containsExactly("adapter.type", "rounds");
    }
}
