package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.testing.Federation;
import java.util.List;
import org.junit.jupiter.api.Test;

class FedAvgTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedAvg();
    }

    @Test
    void meanIsIdentityForOneAgent() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = federation.updates(state, 1, 1);
        GlobalState next = federation.after(state, updates);
        for (String tensor : next.tensors().layout().names()) {
            assertThat(next.tensors().read(tensor))
                    .isEqualTo(updates.get(0).tensors().read(tensor));
        }
    }

    @Test
    void twoAgentsGiveTheWeightedMeanOfEveryFactor() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = federation.updates(state, 2, 1);
        GlobalState next = federation.after(state, updates);
        for (String tensor : next.tensors().layout().names()) {
            float[] first = updates.get(0).tensors().read(tensor);
            float[] second = updates.get(1).tensors().read(tensor);
            float[] mean = next.tensors().read(tensor);
            for (int i = 0; i < mean.length; i++) {
                assertThat((double) mean[i]).isCloseTo((10.0 * first[i] + 17.0 * second[i]) / 27, within(1e-7));
            }
        }
    }

    @Test
    void aDuplicateAgentEqualsDoubleWeight() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> two = federation.updates(state, 2, 1);
        ReceivedUpdate b = two.get(1);
        List<ReceivedUpdate> doubled =
                List.of(two.get(0), new ReceivedUpdate(b.agent(), b.config(), 34, 0, b.tensors()));
        List<ReceivedUpdate> repeated =
                List.of(two.get(0), b, new ReceivedUpdate(Federation.agent(2), b.config(), 17, 0, b.tensors()));
        GlobalState left = federation.after(state, doubled);
        GlobalState right = federation.after(state, repeated);
        for (String tensor : left.tensors().layout().names()) {
            assertThat(left.tensors().read(tensor))
                    .usingComparatorWithPrecision(1e-7f)
                    .containsExactly(right.tensors().read(tensor));
        }
    }

    @Test
    void alphaTimesTwoAndHalfOfBIsTheSameUpdate() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        List<ReceivedUpdate> updates = federation.updates(state, 2, 1);
        ReceivedUpdate first = updates.get(0);
        AdapterConfig doubled = AdapterConfig.lora(3, 2 * first.config().alpha(), List.of("query", "value"));
        Tensors.Builder halved = Tensors.builder();
        first.tensors().layout().tensors().forEach((name, info) -> {
            float[] values = first.tensors().read(name);
            if (name.endsWith(".lora_B.weight")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] /= 2;
                }
            }
            halved.put(info, values);
        });
        List<ReceivedUpdate> equivalent = List.of(
                new ReceivedUpdate(first.agent(), doubled, first.examples(), first.weight(), halved.build()),
                updates.get(1));
        assertThat(federation.after(state, equivalent).ref())
                .isEqualTo(federation.after(state, updates).ref());
    }
}
