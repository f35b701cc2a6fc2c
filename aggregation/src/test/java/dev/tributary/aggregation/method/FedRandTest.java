package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Federation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedRandTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedRand();
    }

    @Test
    void noAgentSendsBothFactors() {
        Federation federation = federation(2);
        GlobalState state = federation.initial();
        int both = 0;
        int a = 0;
        for (ReceivedUpdate update : federation.updates(state, 40, 1)) {
            boolean hasA = update.tensors().layout().names().contains("layer.0.query.lora_A.weight");
            boolean hasB = update.tensors().layout().names().contains("layer.0.query.lora_B.weight");
            both += hasA == hasB ? 1 : 0;
            a += hasA ? 1 : 0;
        }
        assertThat(both).isZero();
        assertThat(a).isBetween(8, 32);
    }

    @Test
    void aFactorThatNobodyChoseStays() {
        Federation federation = new Federation(method(), adapter(2), Map.of("share-a", "1"), directory);
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 3, 1));
        assertThat(next.tensors().read("layer.0.query.lora_B.weight"))
                .isEqualTo(state.tensors().read("layer.0.query.lora_B.weight"));
        assertThat(next.tensors().read("layer.0.query.lora_A.weight"))
                .isNotEqualTo(state.tensors().read("layer.0.query.lora_A.weight"));
    }
}
