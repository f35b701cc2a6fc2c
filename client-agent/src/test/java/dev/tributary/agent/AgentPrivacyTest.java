package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.Tensors;
import dev.tributary.agent.execute.Step;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.privacy.ledger.Reservation;
import dev.tributary.protocol.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgentPrivacyTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"KEPT"})
    void aCrashBetweenTwoStepsNeverUndercounts(Step step) throws InterruptedException {
        try (TestFederation federation = new TestFederation(directory)) {
            AgentCrashTest.crash(
                    federation,
                    step,
                    federation.trainPrivately("p1", 1, 5, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
            try (Agent agent = federation.startAgent()) {
                Update update = federation.await(Message.UpdateReady.class).update();
                assertThat(update.planId()).isEqualTo("p1");
                assertThat(agent.isRunning()).isTrue();
            }
            List<String> sent = federation.receivedOf(Message.UpdateReady.class).stream()
                    .map(message -> message.update().tensors().sha256())
                    .distinct()
                    .toList();
            assertThat(sent).as("only one noisy result ever leaves").hasSize(1);
            try (PrivacyLedger ledger = federation.ledger(false)) {
                List<Reservation> charges = ledger.reservations();
                assertThat(charges).hasSizeGreaterThanOrEqualTo(federation.engine.trainings.get());
                assertThat(charges).noneMatch(charge -> charge.state() == Reservation.State.RELEASED);
                assertThat(charges.get(charges.size() - 1).state()).isEqualTo(Reservation.State.COMMITTED);
            }
        }
    }

    @Test
    void anUpdateTellsNoLossAndNoCount() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.order(
                    federation.trainPrivately("p1", 1, 2, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
            Update update = federation.await(Message.UpdateReady.class).update();

            assertThat(update.examples()).isOne();
            assertThat(update.training().values()).containsOnlyKeys("steps", "epsilon");
            assertThat(update.training().get("epsilon")).isBetween(1.0, 8.0);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void figuresOfHeldOutExamplesCarryNoiseAndAreChargedToThem() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.order(
                    federation.evaluatePrivately("e1", 1, 2, federation.state(1, pair(1, 0)), SHARED_A, SHARED_B));
            federation.order(
                    federation.evaluatePrivately("e2", 2, 2, federation.state(2, pair(1, 0)), SHARED_A, SHARED_B));
            Metrics first =
                    federation.await(Message.EvaluationReady.class).evaluation().metrics();
            Metrics second =
                    federation.await(Message.EvaluationReady.class).evaluation().metrics();

            // The engine judges alike both times: what differs is noise.
            assertThat(first.values()).containsOnlyKeys("accuracy", "loss").isNotEqualTo(second.values());
            assertThat(first.examples()).isOne();
            assertThat(agent.isRunning()).isTrue();
            try (PrivacyLedger ledger = federation.ledger(true)) {
                assertThat(ledger.reservations()).hasSize(2);
                assertThat(ledger.epsilon(1e-3)).isBetween(7.9, 8.0);
            }
            assertThat(directory.resolve("agent/privacy/audit-" + TestFederation.JOB + ".json"))
                    .content()
                    .contains("\"alarm\" : false");
        }
    }

    @Test
    void anAdapterThatGivesItsExamplesAwayRaisesTheAlarm() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.engine.memorised = true;
            federation.order(
                    federation.evaluatePrivately("e1", 1, 2, federation.state(1, pair(1, 0)), SHARED_A, SHARED_B));
            federation.await(Message.EvaluationReady.class);
            federation.order(
                    federation.evaluatePrivately("e2", 2, 2, federation.state(2, pair(1, 0)), SHARED_A, SHARED_B));
            Refusal refusal = federation.await(Message.PlanRefused.class).refusal();

            assertThat(refusal.reason()).isEqualTo("privacy-alarm");
            assertThat(refusal.message()).contains("Do not release");
            assertThat(directory.resolve("agent/privacy/audit-" + TestFederation.JOB + ".json"))
                    .content()
                    .contains("\"alarm\" : true");
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void canariesThatShowThroughTheNoiseKeepTheUpdateBack() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            Path figures = directory.resolve("agent/privacy/canaries-" + TestFederation.JOB + ".json");
            federation.order(
                    federation.trainWithCanaries("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            assertThat(figures).content().contains("\"alarm\" : false", "\"canaries\" : 1000");

            federation.engine.memorised = true;
            federation.order(
                    federation.trainWithCanaries("p2", 2, federation.state(1, pair(1, 0)), SHARED_A, SHARED_B));
            Refusal refusal = federation.await(Message.PlanRefused.class).refusal();

            assertThat(refusal.reason()).isEqualTo("privacy-alarm");
            assertThat(refusal.message()).contains("canaries", "Do not release");
            assertThat(figures).content().contains("\"alarm\" : true");
            assertThat(federation.receivedOf(Message.UpdateReady.class)).hasSize(1);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void aWholeClientsChangeIsClippedAndItsFiguresAreKept() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            Tensors before = pair(1, 0);
            federation.order(federation.trainAsClient("p1", 1e-4, federation.state(0, before), SHARED_A, SHARED_B));
            Update clipped = federation.await(Message.UpdateReady.class).update();
            federation.order(federation.trainAsClient("p2", 1e4, federation.state(0, before), SHARED_A, SHARED_B));
            Update whole = federation.await(Message.UpdateReady.class).update();

            assertThat(clipped.examples()).isOne();
            assertThat(clipped.training().values()).containsOnlyKeys("steps", "withinClip");
            assertThat(clipped.training().get("withinClip")).isZero();
            assertThat(whole.training().get("withinClip")).isOne();
            assertThat(change(federation.blob(clipped.tensors()), before)).isBetween(0.9e-4, 1.001e-4);
            assertThat(change(federation.blob(whole.tensors()), before)).isGreaterThan(1e-3);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    private static double change(Tensors after, Tensors before) {
        double squares = 0;
        for (String name : before.layout().names()) {
            float[] from = before.read(name);
            float[] to = after.read(name);
            for (int i = 0; i < from.length; i++) {
                squares += Math.pow(to[i] - from[i], 2);
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void aRoundThatWouldPassTheBudgetIsRefusedThoughOrdered() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            federation.order(
                    federation.trainPrivately("p1", 1, 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            federation.order(
                    federation.trainPrivately("p2", 2, 1, federation.state(1, pair(1, 0)), SHARED_A, SHARED_B));
            Refusal refusal = federation.await(Message.PlanRefused.class).refusal();

            assertThat(refusal.reason()).isEqualTo("budget-exhausted");
            assertThat(refusal.message()).contains("budget is exhausted", "of 8.0");
            assertThat(federation.engine.trainings).hasValue(1);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void termsThatDoNotHoldTogetherAreRefusedHereToo() {
        try (TestFederation federation = new TestFederation(directory);
                Agent agent = federation.startAgent()) {
            Plan.Train good =
                    federation.trainPrivately("p1", 1, 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B);
            TreeMap<String, String> terms =
                    new TreeMap<>(good.protection().privacy().terms());
            terms.put("delta", "0.5");
            terms.put("relation", "replace-one");
            federation.order(new Plan.Train(
                    good.header(),
                    good.model(),
                    good.tensors(),
                    good.operations(),
                    good.training(),
                    good.uploadDtype(),
                    good.seed(),
                    new Plan.Protection(new dev.tributary.plan.Job.Privacy("example", terms), 1)));
            Refusal refusal = federation.await(Message.PlanRefused.class).refusal();

            assertThat(refusal.reason()).isEqualTo("bad-privacy-terms");
            assertThat(refusal.message()).contains("not below 1/N", "Poisson");
            assertThat(agent.isRunning()).isTrue();
        }
    }
}
