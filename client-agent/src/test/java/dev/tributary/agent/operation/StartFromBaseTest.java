package dev.tributary.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StartFromBaseTest {

    private final AdapterConfig adapter =
            AdapterConfig.lora(2, 4, List.of("query")).withType("pissa");
    private final Tensors server = Tensors.builder()
            .put(Operations.A, new float[2 * Operations.IN], 2, Operations.IN)
            .put(Operations.B, new float[Operations.OUT * 2], Operations.OUT, 2)
            .build();
    private final ScriptedEngine engine =
            new ScriptedEngine(Map.of(Operations.MODULE, new LinearShape(Operations.OUT, Operations.IN)), 1);

    private AgentOperation.Context context(boolean trains, TensorRole... sent) {
        AgentOperation.Context plain = Operations.context(adapter, server, Map.of());
        Plan.Train plan = plain.plan();
        List<TensorTerms> terms = Arrays.stream(sent)
                .map(role -> new TensorTerms(role, TensorTerms.Source.SERVER, trains, TensorTerms.Send.VALUE, false))
                .toList();
        return new AgentOperation.Context(
                new Plan.Train(
                        plan.header(),
                        plan.model(),
                        terms,
                        plan.operations(),
                        plan.training(),
                        plan.uploadDtype(),
                        plan.seed()),
                plain.model(),
                plain.beside(),
                plain.kept(),
                starts(adapter),
                plain.parameters());
    }

    /** Values as an engine computes them for {@code computed}; those of a step are all its size. */
    private AgentOperation.Starts starts(AdapterConfig computed) {
        return new AgentOperation.Starts() {
            @Override
            public Tensors fromBase(AdapterConfig asked) {
                return engine.startingValues(Path.of(""), computed);
            }

            @Override
            public Tensors fromStep(TensorSource start, double size) {
                float[] values = start.read(Operations.B);
                Arrays.fill(values, (float) size);
                return Tensors.builder()
                        .put(Operations.B, values, Operations.OUT, 2)
                        .build();
            }
        };
    }

    @Test
    void whatIsSentMayComeFromAStepOnThePlansDataset() {
        AgentOperation.Context plain = context(false, TensorRole.LORA_B);
        TreeMap<String, String> parameters = new TreeMap<>(Map.of(AgentOperations.STEP, "0.25"));
        StartFromStep operation = new StartFromStep();
        assertThat(operation.check(parameters)).isEmpty();
        var start = operation.before(
                new AgentOperation.Context(
                        plain.plan(), plain.model(), plain.beside(), plain.kept(), plain.starts(), parameters),
                server);
        assertThat(start.read(Operations.B)).containsOnly(0.25f);
        assertThat(start.read(Operations.A)).isEqualTo(server.read(Operations.A));
    }

    @Test
    void aStepWithoutASizeIsRefused() {
        for (Map<String, String> wrong : List.of(
                Map.<String, String>of(),
                Map.of("step", "0"),
                Map.of("step", "NaN"),
                Map.of("step", "much"),
                Map.of("step", "1", "more", "2"))) {
            assertThat(new StartFromStep().check(new TreeMap<>(wrong)))
                    .singleElement()
                    .asString()
                    .contains("needs step");
        }
    }

    @Test
    void whatIsSentComesFromTheBaseAndTheRestStays() {
        Tensors computed = engine.startingValues(Path.of(""), adapter);
        var start = new StartFromBase().before(context(false, TensorRole.LORA_B), server);
        assertThat(start.read(Operations.B)).isEqualTo(computed.read(Operations.B));
        assertThat(start.read(Operations.A)).isEqualTo(server.read(Operations.A));
    }

    @Test
    void aPlanThatTrainsAsWellIsRefused() {
        assertThatThrownBy(() -> new StartFromBase().before(context(true, TensorRole.LORA_B), server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot train as well");
    }

    @Test
    void aTensorThatTheTypeDoesNotComputeIsRefused() {
        AdapterConfig plain = adapter.withType("lora");
        AgentOperation.Context context = new AgentOperation.Context(
                context(false, TensorRole.LORA_B).plan(),
                context(false).model(),
                server,
                context(false).kept(),
                starts(plain),
                context(false).parameters());
        assertThatThrownBy(() -> new StartFromBase().before(context, server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Operations.B);
    }
}
