package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.A;
import static dev.tributary.agent.TestFederation.B;
import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.operation.AgentOperation;
import dev.tributary.agent.operation.OperationCatalogue;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PlanTermsTest {

    @TempDir
    private Path directory;

    private TestFederation federation;
    private Agent agent;

    @BeforeEach
    void begin() {
        federation = new TestFederation(directory);
        agent = federation.startAgent(
                federation.config(),
                federation.network.agent(TestFederation.AGENT),
                Step.Hook.NONE,
                OperationCatalogue.of(List.of(new Times())));
    }

    @AfterEach
    void end() {
        agent.close();
        federation.close();
    }

    @Test
    void aDeltaIsTheTrainedValueLessTheStart() {
        TensorTerms deltaB = new TensorTerms(TensorRole.LORA_B, Source.SERVER, true, Send.DELTA, false);
        Update update = answer(federation.train("p1", 1, federation.state(0, pair(1, 3)), SHARED_A, deltaB));
        Tensors sent = federation.blob(update.tensors());

        for (float value : sent.read(B)) {
            assertThat(value).isNotZero().isCloseTo(0, within(0.0101f));
        }
        assertThat(sent.read(A)[0]).isCloseTo(1, within(0.0101f));
    }

    @Test
    void aFrozenTensorIsNeitherTrainedNorSent() {
        TensorTerms frozenA = new TensorTerms(TensorRole.LORA_A, Source.SERVER, false, Send.NOTHING, false);
        Update update = answer(federation.train("p1", 1, federation.state(0, pair(1, 3)), frozenA, SHARED_B));

        assertThat(federation.blob(update.tensors()).layout().names()).containsExactly(B);
        assertThat(federation.engine.trainable).containsExactly(B);
        assertThat(federation.engine.start.read(A)[0]).isEqualTo(1);
    }

    @Test
    void bfloat16UploadsHalveTheBytes() {
        StateRef state = federation.state(0, pair(1, 3));
        Plan.Train plan = federation.train("p1", 1, state, SHARED_A, SHARED_B);
        Update update = answer(new Plan.Train(
                plan.header(), plan.model(), plan.tensors(), plan.operations(), plan.training(), "bf16", plan.seed()));

        try (SafetensorsFile file = SafetensorsFile.open(federation.coordinatorBlobs.path(update.tensors()))) {
            for (TensorInfo info : file.layout().tensors().values()) {
                assertThat(info.dtype()).isEqualTo(DType.BF16);
            }
            assertThat(file.layout().hash()).isEqualTo(update.layoutHash());
            assertThat(file.read(A)[0]).isCloseTo(1, within(0.02f));
        }
    }

    @Test
    void seededTensorsDependOnTheSeedAlone() {
        TensorTerms seededA = new TensorTerms(TensorRole.LORA_A, Source.SEED, true, Send.VALUE, false);
        TensorTerms seededB = new TensorTerms(TensorRole.LORA_B, Source.SEED, true, Send.VALUE, false);
        answer(federation.train("p1", 1, federation.state(0, pair(1, 3)), seededA, seededB));
        Tensors first = federation.engine.start;
        answer(federation.train("p1-again", 1, federation.state(0, pair(2, 4)), seededA, seededB));
        Tensors again = federation.engine.start;
        answer(federation.train("p2", 2, federation.state(1, pair(1, 3)), seededA, seededB));
        Tensors other = federation.engine.start;

        assertThat(again.read(A)).isEqualTo(first.read(A));
        assertThat(other.read(A)).isNotEqualTo(first.read(A));
        assertThat(first.read(B)).containsOnly(0);
        float bound = (float) (1 / Math.sqrt(3));
        for (float value : first.read(A)) {
            assertThat(value).isBetween(-bound, bound);
        }
    }

    @Test
    void foldsAreHandedToTheEngine() {
        String p = TestFederation.QUERY + TensorRole.FOLD_P.suffix();
        String q = TestFederation.QUERY + TensorRole.FOLD_Q.suffix();
        StateRef fold = federation.state(
                0,
                Tensors.builder()
                        .put(p, new float[] {1, 2, 3, 4}, 4, 1)
                        .put(q, new float[] {1, 2, 3}, 1, 3)
                        .build());
        StateRef adapter = federation.state(1, pair(1, 3));
        StateRef state = new StateRef(
                1, adapter.parts(), List.of(new FoldRef(1, fold.parts().get("adapter"))), new TreeMap<>());

        Update update = answer(federation.train("p1", 2, state, SHARED_A, SHARED_B));

        assertThat(update.baseVersion()).isEqualTo(1);
        assertThat(federation.engine.folds).containsExactly(List.of(p, q));
        assertThat(federation.engine.foldKey).hasSize(64);
        assertThat(update.bytesReceived())
                .isEqualTo(fold.parts().get("adapter").size()
                        + adapter.parts().get("adapter").size());
    }

    @Test
    void operationsRunAroundTrainingInOrder() {
        Plan.Train plan = federation.train("p1", 1, federation.state(0, pair(1, 3)), SHARED_A, SHARED_B);
        Update update = answer(new Plan.Train(
                plan.header(),
                plan.model(),
                plan.tensors(),
                List.of(times(2), times(10)),
                plan.training(),
                "fp32",
                plan.seed()));

        assertThat(federation.engine.start.read(A)[0]).isEqualTo(20);
        assertThat(federation.blob(update.tensors()).read(A)[0]).isCloseTo(1, within(0.002f));
    }

    private static Plan.Operation times(int factor) {
        return new Plan.Operation("times", new TreeMap<>(java.util.Map.of("factor", Integer.toString(factor))));
    }

    private Update answer(Plan plan) {
        federation.order(plan);
        return federation.await(Message.UpdateReady.class).update();
    }

    /** Multiplies what training starts from, and divides what comes out. */
    private static final class Times implements AgentOperation {

        @Override
        public String name() {
            return "times";
        }

        @Override
        public List<String> check(SortedMap<String, String> parameters) {
            return parameters.containsKey("factor") ? List.of() : List.of("times needs a factor");
        }

        @Override
        public TensorSource before(Context context, TensorSource start) {
            return scaled(start, factor(context));
        }

        @Override
        public TensorSource after(Context context, TensorSource start, TensorSource trained) {
            return scaled(trained, 1 / factor(context));
        }

        private static float factor(Context context) {
            return Float.parseFloat(context.parameters().getOrDefault("factor", "1"));
        }

        private static Tensors scaled(TensorSource source, float factor) {
            Tensors.Builder scaled = Tensors.builder();
            for (TensorInfo info : source.layout().tensors().values()) {
                float[] values = source.read(info.name());
                for (int i = 0; i < values.length; i++) {
                    values[i] *= factor;
                }
                scaled.put(info, values);
            }
            return scaled.build();
        }
    }
}
