package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import org.junit.jupiter.api.Test;

class FedSbTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedSb();
    }

    @Test
    void onlyTheCoreAndTheHeadAreSent() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        var sent = federation.updates(state, 1, 1).get(0).tensors().layout();
        assertThat(sent.names()).noneMatch(n -> n.contains("lora_A") || n.contains("lora_B"));
        assertThat(sent.get("layer.0.query.lora_R.weight").shape()).containsExactly(4, 4);
        assertThat(federation
                        .plans(state, 1)
                        .values()
                        .iterator()
                        .next()
                        .adapter()
                        .type())
                .isEqualTo("lora-xs");
    }
}
