package dev.tributary.agent;

import dev.tributary.agent.execute.WorkMonitor;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.training.TrainingCancelledException;
import java.time.Instant;

/** Shows a task's progress on the board, and stops it when it is cancelled or the agent closes. */
final class Monitor implements WorkMonitor {

    private final Task task;
    private final TaskQueue queue;
    private final ProgressBoard board;

    Monitor(Task task, TaskQueue queue, ProgressBoard board) {
        this.task = task;
        this.queue = queue;
        this.board = board;
    }

    @Override
    public void at(Progress.Phase phase, long done, long total) {
        if (queue.isRunningCancelled()) {
            throw new TrainingCancelledException("plan " + task.planId() + " was cancelled by the coordinator");
        }
        if (queue.isClosed()) {
            throw new TrainingCancelledException("the agent is closing");
        }
        board.show(header(), phase, done, total);
    }

    private Plan.Header header() {
        if (task instanceof Task.Execute execute) {
            return execute.header();
        }
        Task.Resend resend = (Task.Resend) task;
        return new Plan.Header(task.planId(), task.job(), resend.answer().round(), 1, Instant.MAX);
    }
}
