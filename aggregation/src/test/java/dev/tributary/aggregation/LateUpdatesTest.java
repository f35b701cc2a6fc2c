package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import org.junit.jupiter.api.Test;

/** Which methods take updates that began at an older state, and what of these counts. */
class LateUpdatesTest {

    @Test
    void theOlderAChangeIsTheLessOfItCounts() {
        Tensors change = Tensors.builder()
                .put(TensorInfo.f32("m.lora_A.weight", 1, 3), new float[] {1, -2, 4})
                .build();

        assertThat(new LateChange(change, 0.5).read("m.lora_A.weight")).containsExactly(0.5f, -1, 2);
        assertThatThrownBy(() -> new LateChange(change, 0)).hasMessageContaining("(0, 1]");
    }

    @Test
    void theyAreTakenWhereEveryRoundTrainsTheSameTensorsAndTakesTheirMean() {
        assertThat(Methods.where(MethodCard::lateUpdates))
                .containsExactlyInAnyOrder("fedavg", "ffa", "ravan", "fed-sb");
        assertThat(Methods.names().stream()
                        .map(name -> Methods.find(name).orElseThrow().card())
                        .filter(MethodCard::lateUpdates))
                .noneMatch(card -> card.foldsBase() || card.personalState())
                .allMatch(MethodCard::serverOptimizer);
    }
}
