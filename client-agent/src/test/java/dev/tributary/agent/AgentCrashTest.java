package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.TensorRole;
import dev.tributary.agent.execute.Step;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends the agent between every two steps, starts it again, and demands the same answer with no work done twice. */
@Timeout(60)
class AgentCrashTest {

    private static final TensorTerms PERSONAL_B =
            new TensorTerms(TensorRole.LORA_B, TensorTerms.Source.KEPT, true, TensorTerms.Send.NOTHING, true);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RESERVED", "COMMITTED"})
    void aCrashBetweenTwoStepsOfATrainingDoesNoHarm(Step step) throws InterruptedException {
        try (TestFederation federation = new TestFederation(directory)) {
            crash(federation, step, federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, PERSONAL_B));
            try (Agent agent = federation.startAgent()) {
                Update update = federation.await(Message.UpdateReady.class).update();
                federation.verdict("p1", 1, true);
                federation.order(federation.train("p2", 2, federation.state(1, pair(2, 0)), SHARED_A, PERSONAL_B));
                Update next = awaitPlan(federation, "p2");

                assertThat(update.planId()).isEqualTo("p1");
                assertThat(next.stateVersion()).isEqualTo(1);
                assertThat(agent.isRunning()).isTrue();
            }
            int trainingsOfFirst = step.compareTo(Step.TRAINED) < 0 || step.compareTo(Step.SEALED) >= 0 ? 1 : 2;
            assertThat(federation.engine.trainings).hasValue(trainingsOfFirst + 1);
            List<Update> updates = federation.receivedOf(Message.UpdateReady.class).stream()
                    .map(Message.UpdateReady::update)
                    .filter(update -> update.planId().equals("p1"))
                    .distinct()
                    .toList();
            assertThat(updates)
                    .as("answers to the first plan, repetitions aside")
                    .hasSize(1);
            assertThat(federation.engine.start.read(TestFederation.B)[0])
                    .as("the second round starts from the kept tensor of the first")
                    .isNotZero()
                    .isBetween(-0.011f, 0.011f);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"KEPT", "STORED", "UPLOADED", "RESERVED", "COMMITTED"})
    void aCrashBetweenTwoStepsOfAnEvaluationDoesNoHarm(Step step) throws InterruptedException {
        try (TestFederation federation = new TestFederation(directory)) {
            crash(
                    federation,
                    step,
                    federation.evaluate("e1", 1, federation.state(1, pair(1, 0)), SHARED_A, TestFederation.SHARED_B));
            try (Agent agent = federation.startAgent()) {
                assertThat(federation
                                .await(Message.EvaluationReady.class)
                                .evaluation()
                                .planId())
                        .isEqualTo("e1");
                assertThat(agent.isRunning()).isTrue();
            }
            assertThat(federation.receivedOf(Message.EvaluationReady.class).stream()
                            .distinct())
                    .hasSize(1);
        }
    }

    static void crash(TestFederation federation, Step step, Plan plan) throws InterruptedException {
        AtomicBoolean crashed = new AtomicBoolean();
        Agent agent = federation.startAgent(at -> {
            if (at == step) {
                crashed.set(true);
                throw new Crash();
            }
        });
        federation.order(plan);
        agent.awaitEnd();
        agent.close();
        assertThat(crashed).isTrue();
        assertThat(agent.failure()).containsInstanceOf(Crash.class);
    }

    private static Update awaitPlan(TestFederation federation, String planId) {
        while (true) {
            Update update = federation.await(Message.UpdateReady.class).update();
            if (update.planId().equals(planId)) {
                return update;
            }
        }
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
