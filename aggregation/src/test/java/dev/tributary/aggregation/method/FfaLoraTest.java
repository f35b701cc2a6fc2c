package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import org.junit.jupiter.api.Test;

class FfaLoraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FfaLora();
    }

    @Test
    void theFrozenPartIsTheSameBlobInEveryRound() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        GlobalState next = federation.after(state, federation.updates(state, 3, 1));
        assertThat(next.ref().parts().get("frozen"))
                .isEqualTo(state.ref().parts().get("frozen"));
        assertThat(next.ref().parts().get("adapter"))
                .isNotEqualTo(state.ref().parts().get("adapter"));
    }

    @Test
    void onlyBAndTheHeadAreSent() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        assertThat(federation.updates(state, 1, 1).get(0).tensors().layout().names())
                .noneMatch(name -> name.contains("lora_A"))
                .contains("layer.0.query.lora_B.weight", "classifier.weight", "classifier.bias");
    }
}
