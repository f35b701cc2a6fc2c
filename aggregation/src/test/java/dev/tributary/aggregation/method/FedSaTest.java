package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedSaTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedSa();
    }

    @Override
    boolean averagesHeads() {
        return false;
    }

    @Test
    void privateTensorsAreNeverSent() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        assertThat(federation.updates(state, 1, 1).get(0).tensors().layout().names())
                .allMatch(name -> name.endsWith("lora_A.weight"));
    }

    @Test
    void aSharedHeadIsSent() {
        Federation federation = new Federation(method(), adapter(3), Map.of("head", "shared"), directory);
        GlobalState state = federation.initial();
        assertThat(federation.updates(state, 1, 1).get(0).tensors().layout().names())
                .contains("classifier.weight");
        assertThat(federation
                        .after(state, federation.updates(state, 2, 1))
                        .ref()
                        .parts()
                        .keySet())
                .containsExactly("adapter", "frozen");
    }

    @Test
    void withVeraOnlyTheVectorOverRanksIsShared() {
        AdapterConfig vera = AdapterConfig.lora(3, 3, List.of("query")).withType("vera");
        Federation federation = new Federation(method(), vera, Map.of(), directory);
        GlobalState state = federation.initial();
        assertThat(state.tensors().read("layer.0.query.vera_lambda_d")).containsOnly(0.1f);
        assertThat(federation.updates(state, 1, 1).get(0).tensors().layout().names())
                .allMatch(name -> name.endsWith("vera_lambda_d"));
    }
}
