package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.A;
import static dev.tributary.agent.TestFederation.AGENT;
import static dev.tributary.agent.TestFederation.B;
import static dev.tributary.agent.TestFederation.JOB;
import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.Evaluation;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentTest {

    @TempDir
    private Path directory;

    private TestFederation federation;

    @BeforeEach
    void begin() {
        federation = new TestFederation(directory);
    }

    @AfterEach
    void end() {
        federation.close();
    }

    @Test
    void registersWithItsModelsAndDatasets() {
        try (Agent agent = federation.startAgent()) {
            Message.Register register = federation.await(Message.Register.class);

            assertThat(register.profile().id()).isEqualTo(AGENT);
            assertThat(register.profile().model("minilm")).isPresent();
            assertThat(register.profile().dataset("reviews")).isPresent();
            assertThat(register.publicKey()).matches("[0-9a-f]{64}");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void trainsAndSendsWhatThePlanAsksFor() {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));

            Update update = federation.await(Message.UpdateReady.class).update();

            assertThat(update.planId()).isEqualTo("p1");
            assertThat(update.job()).isEqualTo(JOB);
            assertThat(update.agent()).isEqualTo(agent.id());
            assertThat(update.examples()).isEqualTo(40);
            assertThat(update.bytesReceived())
                    .isEqualTo(state.parts().get("adapter").size());
            var sent = federation.blob(update.tensors());
            assertThat(sent.layout().names()).containsExactly(A, B);
            assertThat(sent.layout().hash()).isEqualTo(update.layoutHash());
            assertThat(sent.read(A)[0]).isNotEqualTo(1).isBetween(0.9f, 1.1f);
        }
    }

    @Test
    void aStateThatIsThereIsNotFetchedAgain() {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            federation.order(federation.evaluate("e1", 1, state, SHARED_A, SHARED_B));

            Evaluation evaluation =
                    federation.await(Message.EvaluationReady.class).evaluation();

            assertThat(evaluation.bytesReceived()).isZero();
            assertThat(evaluation.metrics().examples()).isEqualTo(10);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void plansAreCarriedOutOneAfterTheOther() {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            for (int round = 1; round <= 5; round++) {
                federation.order(federation.train("p" + round, round, state, SHARED_A, SHARED_B));
            }
            for (int round = 1; round <= 5; round++) {
                assertThat(federation.await(Message.UpdateReady.class).update().round())
                        .isEqualTo(round);
            }
            assertThat(federation.engine.trainings).hasValue(5);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void heartbeatsTellWhatItTrains() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        federation.engine.beforeTraining = () -> awaitQuietly(seen);
        try (Agent agent = federation.startAgent()) {
            federation.order(federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
            federation.order(federation.train("p2", 2, federation.state(1, pair(2, 0)), SHARED_A, SHARED_B));

            Message.Heartbeat heartbeat = federation.await(Message.Heartbeat.class);
            while (heartbeat.progress().size() < 2) {
                heartbeat = federation.await(Message.Heartbeat.class);
            }
            seen.countDown();

            assertThat(heartbeat.progress().get(0).planId()).isEqualTo("p1");
            assertThat(heartbeat.progress().get(1).phase()).isEqualTo(dev.tributary.plan.Progress.Phase.WAITING);
            federation.await(Message.UpdateReady.class);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void aPlanDeliveredAgainIsAnsweredWithTheSameBytes() {
        try (Agent agent = federation.startAgent()) {
            var plan = federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B);
            federation.order(plan);
            Update first = federation.await(Message.UpdateReady.class).update();
            federation.order(plan);

            Update second = federation.await(Message.UpdateReady.class).update();

            assertThat(second).isEqualTo(first);
            assertThat(federation.engine.trainings).hasValue(1);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void anAnswerThatWasCountedIsNotSentAgain() {
        try (Agent agent = federation.startAgent()) {
            var plan = federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B);
            federation.order(plan);
            federation.await(Message.UpdateReady.class);
            federation.verdict("p1", 1, true);
            federation.order(plan);
            federation.order(federation.train("p2", 2, federation.state(1, pair(2, 0)), SHARED_A, SHARED_B));

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p2");
            assertThat(federation.engine.trainings).hasValue(2);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void aCancelledPlanStopsInTheMidst() {
        CountDownLatch training = new CountDownLatch(1);
        federation.engine.afterBatch = () -> {
            training.countDown();
            pause();
        };
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            awaitQuietly(training);
            federation.send(new Message.Cancel(JOB, "p1", "operator", 1));
            federation.order(federation.evaluate("e1", 1, state, SHARED_A, SHARED_B));

            federation.await(Message.EvaluationReady.class);

            assertThat(federation.receivedOf(Message.UpdateReady.class)).isEmpty();
            assertThat(federation.receivedOf(Message.PlanRefused.class)).isEmpty();
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void aCancelledJobDropsItsWaitingPlans() {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch training = new CountDownLatch(1);
        federation.engine.beforeTraining = () -> {
            training.countDown();
            awaitQuietly(cancelled);
        };
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.order(federation.train("p2", 2, state, SHARED_A, SHARED_B));
            awaitQuietly(training);
            federation.send(new Message.Cancel(JOB, "", "finished", 1));
            awaitNoneWaiting();
            cancelled.countDown();
            federation.order(federation.evaluate("e1", 2, state, SHARED_A, SHARED_B));
            federation.await(Message.EvaluationReady.class);

            assertThat(federation.engine.trainings).hasValue(1);
            assertThat(federation.receivedOf(Message.UpdateReady.class)).isEmpty();
            assertThat(agent.isRunning()).isTrue();
        }
    }

    /** Until a heartbeat says that no plan waits. */
    private void awaitNoneWaiting() {
        boolean seenWaiting = false;
        while (true) {
            Message.Heartbeat heartbeat = federation.await(Message.Heartbeat.class);
            boolean waiting =
                    heartbeat.progress().stream().anyMatch(p -> p.planId().equals("p2"));
            if (seenWaiting && !waiting) {
                return;
            }
            seenWaiting = seenWaiting || waiting || heartbeat.progress().size() == 1;
        }
    }

    @Test
    void aDeposedCoordinatorIsNotObeyed() {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.epoch = 5;
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.epoch = 4;
            federation.order(federation.train("old", 1, state, SHARED_A, SHARED_B));
            federation.epoch = 5;
            federation.order(federation.train("p2", 2, state, SHARED_A, SHARED_B));

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p1");
            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p2");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void theEpochIsRememberedOverARestart() {
        StateRef state = federation.state(0, pair(1, 0));
        try (Agent agent = federation.startAgent()) {
            federation.epoch = 5;
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            assertThat(agent.isRunning()).isTrue();
        }
        try (Agent agent = federation.startAgent()) {
            federation.epoch = 4;
            federation.order(federation.train("old", 1, state, SHARED_A, SHARED_B));
            federation.epoch = 6;
            federation.order(federation.train("p2", 2, state, SHARED_A, SHARED_B));

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p2");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void closesWithinSecondsInTheMidstOfATraining() {
        CountDownLatch training = new CountDownLatch(1);
        federation.engine.afterBatch = () -> {
            training.countDown();
            pause();
        };
        Agent agent = federation.startAgent();
        federation.order(federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
        awaitQuietly(training);
        long begun = System.nanoTime();
        agent.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(agent.isRunning()).isFalse();
        federation.engine.afterBatch = () -> {};
        try (Agent again = federation.startAgent()) {
            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p1");
            assertThat(again.isRunning()).isTrue();
        }
    }

    @Test
    void twoAgentsOnOneDataDirectoryRefuseEachOther() {
        try (Agent agent = federation.startAgent()) {
            assertThatThrownBy(() -> federation.startAgent())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by another agent");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void survivesABrokerThatIsAwayForAWhile() throws InterruptedException {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            CountDownLatch cut = new CountDownLatch(1);
            federation.engine.beforeTraining = () -> {
                federation.network.cut(true);
                cut.countDown();
            };
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
            federation.network.cut(false);

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p1");
            assertThat(federation.engine.trainings).hasValue(1);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void messagesSignedByAnotherKeyAreIgnored() {
        try (Agent agent = federation.startAgent();
                TestFederation impostor = new TestFederation(directory.resolve("impostor"))) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            federation.sendRaw(impostor.sealed(new Message.Cancel(JOB, "", "evil", 99)));
            federation.order(federation.train("p2", 2, state, SHARED_A, SHARED_B));

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p2");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void sequenceNumbersGoOnWithoutAGapOverARestart() {
        List<Long> first = runOnceAndListSequences();
        List<Long> second = runOnceAndListSequences();

        assertThat(first.get(0)).isEqualTo(1);
        assertThat(second.get(second.size() - 1)).isGreaterThan(first.get(first.size() - 1));
        assertThat(Stream.concat(first.stream(), second.stream()).toList())
                .isEqualTo(LongStream.rangeClosed(1, second.get(second.size() - 1))
                        .boxed()
                        .toList());
    }

    @Test
    void aReplayedCommandIsNotHandledAgain() {
        try (Agent agent = federation.startAgent()) {
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            byte[] cancel = federation.sealed(new Message.Cancel(JOB, "p2", "not needed", 1));
            federation.sendRaw(cancel);
            federation.order(federation.train("p2", 2, state, SHARED_A, SHARED_B));
            federation.sendRaw(cancel);

            assertThat(federation.await(Message.UpdateReady.class).update().planId())
                    .isEqualTo("p2");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    private List<Long> runOnceAndListSequences() {
        federation.sequences.clear();
        try (Agent agent = federation.startAgent()) {
            federation.await(Message.Register.class);
            federation.await(Message.Heartbeat.class);
            assertThat(agent.isRunning()).isTrue();
        }
        federation.drain();
        return List.copyOf(federation.sequences);
    }

    private void awaitTrainings(int count) {
        while (federation.engine.trainings.get() < count) {
            Thread.onSpinWait();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A batch takes a moment, as batches do. */
    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
    }
}
