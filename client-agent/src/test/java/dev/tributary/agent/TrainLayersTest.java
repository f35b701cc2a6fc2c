package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.A;
import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Plan;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrainLayersTest {

    @TempDir
    Path directory;

    @Test
    void layersBeforeTheFirstOneRestAndAreNotSent() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.order(plan(federation, "p1", "0"));
            var whole = federation.await(Message.UpdateReady.class).update();
            assertThat(federation.blob(whole.tensors()).layout().names()).contains(A);
            assertThat(federation.engine.trainable).contains(A);

            federation.order(plan(federation, "p2", "1")); // the model has layer 0 alone
            var none = federation.await(Message.UpdateReady.class).update();
            assertThat(federation.blob(none.tensors()).layout().names()).isEmpty();
        }
    }

    @Test
    void aLayerThatIsNoNumberIsRefused() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.order(plan(federation, "p1", "last"));
            assertThat(federation.await(Message.PlanRefused.class).refusal().message())
                    .contains("number of the first layer");
        }
    }

    private static Plan.Train plan(TestFederation federation, String id, String from) {
        Plan.Train plain = federation.train(id, 1, federation.state(0, pair(1, 5)), SHARED_A, SHARED_B);
        return new Plan.Train(
                plain.header(),
                plain.model(),
                plain.tensors(),
                List.of(new Plan.Operation(
                        AgentOperations.TRAIN_LAYERS, new TreeMap<>(Map.of(AgentOperations.FROM, from)))),
                plain.training(),
                plain.uploadDtype(),
                plain.seed());
    }
}
