package dev.tributary.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.agent.journal.Answer;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TaskQueueTest {

    private final TaskQueue queue = new TaskQueue();

    @Test
    void jobsTakeTurnsHoweverManyTasksOneOfThemHas() throws InterruptedException {
        queue.add(training("a", 1));
        queue.add(training("a", 2));
        queue.add(training("a", 3));
        queue.add(training("b", 1));
        queue.add(training("c", 1));
        assertThat(served(5)).containsExactly("a1", "b1", "c1", "a2", "a3");
    }

    @Test
    void measuringWaitsForTrainingOfItsOwnJob() throws InterruptedException {
        queue.add(measuring("a", 1));
        queue.add(training("a", 2));
        assertThat(served(2)).containsExactly("a2", "a1 measured");
    }

    @Test
    void measuringDoesNotWaitForEverForAnotherJobThatAlwaysTrains() throws InterruptedException {
        queue.add(training("a", 1));
        assertThat(served(1)).containsExactly("a1");
        queue.add(measuring("a", 1));
        queue.add(training("b", 1));
        assertThat(served(1)).containsExactly("b1");
        queue.add(training("b", 2));
        assertThat(served(2)).containsExactly("a1 measured", "b2");
    }

    private List<String> served(int count) throws InterruptedException {
        List<String> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Task task = queue.take();
            assertThat(task).isNotNull();
            order.add(task.planId());
            queue.finished();
        }
        return order;
    }

    private static Task training(String job, int round) {
        return new Task.Resend(
                Answer.of(new Refusal(
                        job + round, new JobId("job-" + job), round, 1, new AgentId("site"), "reason", "message")),
                OptionalLong.empty());
    }

    private static Task measuring(String job, int round) {
        Plan.Header header =
                new Plan.Header(job + round + " measured", new JobId("job-" + job), round, 1, Instant.EPOCH);
        Plan.ModelState model = new Plan.ModelState(
                "model",
                "a",
                "b",
                new Job.Task("causal-lm", List.of(), "texts", 64, "mean"),
                AdapterConfig.lora(4, 8, List.of("q_proj")),
                new StateRef(0, new TreeMap<>(), List.of(), new TreeMap<>()));
        return new Task.Execute(
                new Message.Command(new Plan.Evaluate(header, model, List.of(), 8), List.of(), 1),
                OptionalLong.empty());
    }
}
