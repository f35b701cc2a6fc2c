package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import dev.tributary.protocol.Message;
import dev.tributary.training.TrainingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a plan, it is answered with a reason, and the agent serves the next one. */
@Timeout(60)
class RefusalTest {

    @TempDir
    private Path directory;

    private TestFederation federation;
    private Agent agent;
    private Plan.Train good;

    @BeforeEach
    void begin() {
        federation = new TestFederation(directory);
        agent = federation.startAgent();
        good = federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B);
    }

    @AfterEach
    void theAgentServesTheNextPlan() {
        federation.engine.beforeTraining = () -> {};
        federation.order(federation.train("good", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
        assertThat(federation.await(Message.UpdateReady.class).update().planId())
                .isEqualTo("good");
        agent.close();
        federation.close();
    }

    @Test
    void otherWeightsAreRefusedWithBothHashes() {
        Plan.ModelState model = good.model();
        String wanted = "0".repeat(64);
        Refusal refusal = refusalOf(new Plan.ModelState(
                model.name(), wanted, model.tokenizerSha256(), model.task(), model.adapter(), model.state()));

        assertThat(refusal.reason()).isEqualTo("model-mismatch");
        assertThat(refusal.message()).contains(wanted).contains(model.weightsSha256());
        assertThat(federation.engine.trainings).hasValue(0);
    }

    @Test
    void anotherTokenizerIsRefused() {
        Plan.ModelState model = good.model();
        Refusal refusal = refusalOf(new Plan.ModelState(
                model.name(), model.weightsSha256(), "1".repeat(64), model.task(), model.adapter(), model.state()));

        assertThat(refusal.reason()).isEqualTo("model-mismatch");
        assertThat(refusal.message()).contains("tokenizer");
    }

    @Test
    void anUnknownModelIsRefused() {
        Plan.ModelState model = good.model();
        Refusal refusal = refusalOf(new Plan.ModelState(
                "gpt-9", model.weightsSha256(), model.tokenizerSha256(), model.task(), model.adapter(), model.state()));

        assertThat(refusal.reason()).isEqualTo("unknown-model");
        assertThat(refusal.message()).contains("gpt-9").contains("minilm");
    }

    @Test
    void aDatasetThatIsNotOfferedIsRefused() {
        Job.Task task = new Job.Task("sequence-classification", List.of("a", "b"), "payroll", 128, "mean");
        Refusal refusal = refusalOf(withTask(task));

        assertThat(refusal.reason()).isEqualTo("unknown-dataset");
        assertThat(refusal.message()).contains("payroll").contains("reviews");
    }

    @Test
    void aDatasetForAnotherTaskIsRefused() {
        Refusal refusal = refusalOf(withTask(new Job.Task("causal-lm", List.of(), "reviews", 128, "mean")));

        assertThat(refusal.reason()).isEqualTo("dataset-mismatch");
    }

    private Plan.ModelState withTask(Job.Task task) {
        Plan.ModelState model = good.model();
        return new Plan.ModelState(
                model.name(), model.weightsSha256(), model.tokenizerSha256(), task, model.adapter(), model.state());
    }

    @Test
    void aRankBeyondTheAgentsLimitIsRefused() {
        Refusal refusal = refusalOf(withAdapter(AdapterConfig.lora(16, 4, List.of("query"))));

        assertThat(refusal.reason()).isEqualTo("rank-too-large");
        assertThat(refusal.message()).contains("16").contains("8");
    }

    @Test
    void tensorsOfAnotherRankAreRefused() {
        Refusal refusal = refusalOf(withAdapter(AdapterConfig.lora(3, 4, List.of("query"))));

        assertThat(refusal.reason()).isEqualTo("layout-mismatch");
        assertThat(refusal.message()).contains("[2, 3]").contains("[3, 3]");
    }

    @Test
    void modulesThatTheModelLacksAreRefused() {
        Refusal refusal = refusalOf(withAdapter(AdapterConfig.lora(2, 4, List.of("nonsense"))));

        assertThat(refusal.reason()).isEqualTo("bad-plan");
        assertThat(refusal.message()).contains("nonsense");
    }

    private Plan.ModelState withAdapter(AdapterConfig adapter) {
        Plan.ModelState model = good.model();
        return new Plan.ModelState(
                model.name(), model.weightsSha256(), model.tokenizerSha256(), model.task(), adapter, model.state());
    }

    @Test
    void anUnknownOperationIsRefused() {
        Refusal refusal = refusalOf(new Plan.Train(
                good.header(),
                good.model(),
                good.tensors(),
                List.of(new Plan.Operation("run-shell", new TreeMap<>())),
                good.training(),
                "fp32",
                7));

        assertThat(refusal.reason()).isEqualTo("unknown-operation");
        assertThat(refusal.message()).contains("run-shell");
    }

    @Test
    void anUnknownUploadTypeIsRefused() {
        Refusal refusal = refusalOf(
                new Plan.Train(good.header(), good.model(), good.tensors(), List.of(), good.training(), "int3", 7));

        assertThat(refusal.reason()).isEqualTo("unsupported-dtype");
    }

    @Test
    void aPlanWhoseDeadlineHasPassedIsRefused() {
        Plan.Header header =
                new Plan.Header("p1", TestFederation.JOB, 1, 1, Instant.now().minusSeconds(60));
        Refusal refusal =
                refusalOf(new Plan.Train(header, good.model(), good.tensors(), List.of(), good.training(), "fp32", 7));

        assertThat(refusal.reason()).isEqualTo("deadline-passed");
        assertThat(refusal.message()).contains("clock");
    }

    @Test
    void tensorsThatNoSourceHoldsAreRefused() {
        TensorTerms core = new TensorTerms(TensorRole.LORA_R, Source.SERVER, true, Send.VALUE, false);
        Refusal refusal = refusalOf(federation.train("p1", 1, good.model().state(), SHARED_A, core));

        assertThat(refusal.reason()).isEqualTo("bad-state");
        assertThat(refusal.message()).contains("LORA_R");
    }

    @Test
    void aMalformedStateBlobIsRefused() {
        StateRef broken = federation.stateOf(0, "not a safetensors file".getBytes(StandardCharsets.UTF_8));
        Refusal refusal = refusalOf(federation.train("p1", 1, broken, SHARED_A, SHARED_B));

        assertThat(refusal.reason()).isEqualTo("bad-state");
    }

    @Test
    void aBlobWithoutALocationIsRefused() {
        federation.send(new Message.Command(good, List.of(), 1));

        assertThat(federation.await(Message.PlanRefused.class).refusal().reason())
                .isEqualTo("missing-blob");
    }

    @Test
    void aFailingTrainingIsRefused() {
        federation.engine.beforeTraining = () -> {
            throw new TrainingException("loss is NaN at step 3");
        };
        Refusal refusal = refusalOf(good);

        assertThat(refusal.reason()).isEqualTo("training-failed");
        assertThat(refusal.message()).contains("step 3");
    }

    @Test
    void runningOutOfMemoryIsRefused() {
        federation.engine.beforeTraining = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        Refusal refusal = refusalOf(good);

        assertThat(refusal.reason()).isEqualTo("training-failed");
        assertThat(refusal.message()).contains("out of memory");
    }

    @Test
    void anUnexpectedFailureIsRefused() {
        federation.engine.beforeTraining = () -> {
            throw new IllegalStateException("engine broke");
        };
        Refusal refusal = refusalOf(good);

        assertThat(refusal.reason()).isEqualTo("internal-error");
        assertThat(refusal.message()).contains("engine broke");
    }

    @Test
    void valuesThatAreNotFiniteAreNotSent() {
        Tensors poisoned = pair(Float.POSITIVE_INFINITY, 0);
        Refusal refusal = refusalOf(federation.train("p1", 1, federation.state(0, poisoned), SHARED_A, SHARED_B));

        assertThat(refusal.reason()).isEqualTo("training-failed");
        assertThat(federation.receivedOf(Message.UpdateReady.class)).isEmpty();
    }

    private Refusal refusalOf(Plan.ModelState model) {
        return refusalOf(new Plan.Train(
                good.header(), model, good.tensors(), good.operations(), good.training(), "fp32", good.seed()));
    }

    private Refusal refusalOf(Plan plan) {
        federation.order(plan);
        Refusal refusal = federation.await(Message.PlanRefused.class).refusal();
        assertThat(refusal.planId()).isEqualTo("p1");
        assertThat(refusal.agent()).isEqualTo(TestFederation.AGENT);
        return refusal;
    }
}
