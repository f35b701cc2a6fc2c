package dev.tributary.agent;

import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task at work, the others waiting. Jobs take turns: the one served longest ago is next, so that no job waits for ever
 * for another. Within a job tasks keep their order, but measuring waits for training, for which a round waits. Safe for
 * use by several threads.
 */
final class TaskQueue {

    private static final int JOBS_REMEMBERED = 100;

    private final Deque<Task> waiting = new ArrayDeque<>();
    private final List<JobId> served = new ArrayList<>(); // the latest last
    private @Nullable Task running;
    private boolean runningCancelled;
    private boolean closed;

    /**
     * False if a task for the same plan waits already, or the plan is being carried out. An answer may be sent again
     * while it is being sent: whoever asks may have asked after it went out.
     */
    synchronized boolean add(Task task) {
        if (task instanceof Task.Execute
                && running != null
                && running.planId().equals(task.planId())
                && !runningCancelled) {
            return false;
        }
        if (waiting.stream().anyMatch(other -> other.planId().equals(task.planId()))) {
            return false;
        }
        waiting.add(task);
        notifyAll();
        return true;
    }

    /** The next task, which then runs until {@link #finished}; null once closed. */
    synchronized @Nullable Task take() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        running = closed ? null : next();
        runningCancelled = false;
        return running;
    }

    private Task next() {
        Task task = waiting.stream()
                .min(Comparator.comparingInt((Task t) -> served.indexOf(t.job()))
                        .thenComparing(TaskQueue::isMeasuring))
                .orElseThrow();
        waiting.remove(task);
        served.remove(task.job());
        served.add(task.job());
        if (served.size() > JOBS_REMEMBERED) {
            served.remove(0);
        }
        return task;
    }

    private static boolean isMeasuring(Task task) {
        return task instanceof Task.Execute e && e.command().plan() instanceof Plan.Evaluate;
    }

    synchronized void finished() {
        running = null;
    }

    /**
     * Takes back what was asked for a job, or for one plan of it if {@code planId} is not empty.
     *
     * @return the tasks that will not run; the running one is told to stop, and is not among them
     */
    synchronized List<Task> cancel(JobId job, String planId) {
        List<Task> dropped = new ArrayList<>();
        for (Task task : waiting) {
            if (matches(task, job, planId)) {
                dropped.add(task);
            }
        }
        waiting.removeAll(dropped);
        if (running != null && matches(running, job, planId)) {
            runningCancelled = true;
        }
        return dropped;
    }

    private static boolean matches(Task task, JobId job, String planId) {
        return task.job().equals(job) && (planId.isEmpty() || planId.equals(task.planId()));
    }

    synchronized boolean isRunningCancelled() {
        return runningCancelled;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized List<Task> waiting() {
        return List.copyOf(waiting);
    }

    /** Nothing more is taken; the running task is left to notice. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
