package dev.tributary.agent.operation;

import static dev.tributary.agent.operation.Operations.A;
import static dev.tributary.agent.operation.Operations.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlVariateTest {

    private final ControlVariate operation = new ControlVariate();
    private final Tensors start = Operations.factors(2, 1);
    private final Tensors trained = Operations.factors(2, 2);

    /** A is trained and sent, B is the agent's own. */
    private AgentOperation.Context context(Tensors beside, Optional<Tensors> kept) {
        AgentOperation.Context plain = Operations.context(AdapterConfig.lora(2, 4, List.of("query")), beside, Map.of());
        Plan.Train plan = plain.plan();
        return new AgentOperation.Context(
                new Plan.Train(
                        plan.header(),
                        plan.model(),
                        List.of(
                                new TensorTerms(
                                        TensorRole.LORA_A,
                                        TensorTerms.Source.SERVER,
                                        true,
                                        TensorTerms.Send.VALUE,
                                        false),
                                new TensorTerms(
                                        TensorRole.LORA_B,
                                        TensorTerms.Source.KEPT,
                                        true,
                                        TensorTerms.Send.NOTHING,
                                        true)),
                        plan.operations(),
                        plan.training(),
                        plan.uploadDtype(),
                        plan.seed()),
                plain.model(),
                beside,
                kept.map(own -> own),
                plain.starts(),
                plain.parameters());
    }

    private Tensors control(float value) {
        float[] values = start.read(A);
        java.util.Arrays.fill(values, value);
        return Tensors.builder().put(A + ".control", values, 2, Operations.IN).build();
    }

    private static final Tensors NONE = Tensors.builder().build();

    @Test
    void theFirstRoundIsNotMovedAndItsWayIsKept() {
        AgentOperation.Context context = context(NONE, Optional.empty());

        assertThat(operation.shift(context, start).orElseThrow().read(A)).containsOnly(0);
        Tensors kept = operation.keeps(context, start, trained).orElseThrow();
        assertThat(kept.layout().names()).containsExactly(A + ".control");
        assertThat(kept.read(A + ".control")[3]).isEqualTo(start.read(A)[3] - trained.read(A)[3]);
    }

    @Test
    void laterRoundsAreMovedByTheDriftFromTheOthers() {
        AgentOperation.Context context = context(control(0.5f), Optional.of(control(2)));

        assertThat(operation.shift(context, start).orElseThrow().read(A)).containsOnly(1.5f);
        float[] kept = operation.keeps(context, start, trained).orElseThrow().read(A + ".control");
        for (int i = 0; i < kept.length; i++) {
            assertThat(kept[i]).isEqualTo(2 + (start.read(A)[i] - trained.read(A)[i] - 0.5f));
        }
    }

    @Test
    void whatRestsInThisRoundIsKeptAsItWas() {
        Tensors before = Tensors.builder()
                .put(B, start.read(B), Operations.OUT, 2)
                .put(B + ".control", start.read(B), Operations.OUT, 2)
                .build();
        Tensors kept = operation
                .keeps(context(NONE, Optional.of(before)), start, trained)
                .orElseThrow();

        assertThat(kept.layout().names()).containsExactly(A + ".control", B + ".control");
        assertThat(kept.read(B + ".control")).isEqualTo(start.read(B));
    }

    @Test
    void aVariateOfAnotherShapeIsRefusedByName() {
        Tensors wrong = Tensors.builder().put(A + ".control", new float[3], 3).build();
        assertThatThrownBy(() -> operation.shift(context(wrong, Optional.empty()), start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("received " + A + ".control has shape [3]");
    }
}
