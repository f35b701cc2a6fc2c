package dev.tributary.agent;

import dev.tributary.agent.execute.PlanExecutor;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.journal.AgentState;
import dev.tributary.agent.journal.Answer;
import dev.tributary.agent.journal.Answer.Stage;
import dev.tributary.agent.journal.Journal;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.plan.Update;
import dev.tributary.training.TrainingCancelledException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Does one task after the other: carry out, seal, send. */
final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final TaskQueue queue;
    private final PlanExecutor executor;
    private final AnswerSender sender;
    private final Journal journal;
    private final KeptTensors kept;
    private final AgentState state;
    private final Positions positions;
    private final ProgressBoard board;
    private final Step.Hook steps;
    private final PlanTrace trace;

    Worker(
            TaskQueue queue,
            PlanExecutor executor,
            AnswerSender sender,
            Journal journal,
            KeptTensors kept,
            AgentState state,
            Positions positions,
            ProgressBoard board,
            Step.Hook steps,
            PlanTrace trace) {
        this.queue = queue;
        this.executor = executor;
        this.sender = sender;
        this.journal = journal;
        this.kept = kept;
        this.state = state;
        this.positions = positions;
        this.board = board;
        this.steps = steps;
        this.trace = trace;
    }

    /** Runs until the queue is closed. */
    void run() throws InterruptedException {
        @Nullable Task task = queue.take();
        while (task != null) {
            try (MDC.MDCCloseable job = MDC.putCloseable("job", task.job().value());
                    MDC.MDCCloseable round = MDC.putCloseable("round", "" + task.round());
                    MDC.MDCCloseable plan = MDC.putCloseable("plan", task.planId())) {
                perform(task);
                task.position().ifPresent(positions::settled);
            } catch (TrainingCancelledException e) {
                trace.end("stopped");
                stopped(task);
            } finally {
                trace.end("failed");
                queue.finished();
                board.idle();
            }
            task = queue.take();
        }
    }

    private void perform(Task task) {
        if (task instanceof Task.Resend resend) {
            sender.send(resend.answer(), monitorOf(task));
            return;
        }
        Task.Execute execute = (Task.Execute) task;
        LOG.info(
                "plan {}: {} for job {}, round {}",
                task.planId(),
                execute.command().plan().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT),
                task.job(),
                execute.header().round());
        trace.begin(execute.command().plan());
        Answer answer = executor.execute(execute.command(), monitorOf(task));
        sender.seal(answer, monitorOf(task));
        steps.at(Step.SEALED);
        if (answer.update() != null) {
            measure(answer.update());
        } else {
            kept.discard(task.job(), task.planId());
        }
        sender.send(answer, monitorOf(task));
        trace.end(answer.refusal() == null ? "" : answer.refusal().reason());
    }

    private Monitor monitorOf(Task task) {
        return new Monitor(task, queue, board);
    }

    private void measure(Update update) {
        double tokensPerSecond =
                update.training().get("tokens") / update.training().get("seconds");
        // With differential privacy an update tells neither.
        if (Double.isFinite(tokensPerSecond)) {
            state.measured(tokensPerSecond);
        }
    }

    /** The work was stopped: for good if it was cancelled, until the next start if the agent closes. */
    private void stopped(Task task) {
        if (!queue.isRunningCancelled()) {
            LOG.info("plan {} is left for the next start", task.planId());
            return;
        }
        LOG.info("plan {} was cancelled", task.planId());
        if (task instanceof Task.Execute execute && journal.find(task.planId()).isEmpty()) {
            journal.record(Answer.cancelled(execute.header()));
        } else {
            journal.advance(task.planId(), Stage.CANCELLED);
        }
        kept.discard(task.job(), task.planId());
        task.position().ifPresent(positions::settled);
    }
}
