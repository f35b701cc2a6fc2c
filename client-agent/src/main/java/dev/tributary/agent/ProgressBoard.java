package dev.tributary.agent;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the agent is doing, for heartbeats: the last value, and a wake-up when it is worth telling at once. */
final class ProgressBoard {

    private final AgentId agent;
    private final TaskQueue queue;
    private @Nullable Progress current;
    private long changes;
    private boolean closed;

    ProgressBoard(AgentId agent, TaskQueue queue) {
        this.agent = agent;
        this.queue = queue;
    }

    synchronized void show(Plan.Header plan, Progress.Phase phase, long done, long total) {
        current = new Progress(plan.planId(), plan.job(), plan.round(), agent, phase, done, total);
        changes++;
        notifyAll();
    }

    synchronized void idle() {
        current = null;
        changes++;
        notifyAll();
    }

    /** The running plan's progress, then the waiting plans. */
    List<Progress> all() {
        List<Progress> all = new ArrayList<>();
        synchronized (this) {
            if (current != null) {
                all.add(current);
            }
        }
        for (Task task : queue.waiting()) {
            if (task instanceof Task.Execute execute) {
                Plan.Header plan = execute.header();
                all.add(new Progress(plan.planId(), plan.job(), plan.round(), agent, Progress.Phase.WAITING, 0, 0));
            }
        }
        return all;
    }

    /** Waits until something changed after {@code seen} changes, at most {@code nanos}; returns the changes until now. */
    synchronized long awaitChange(long seen, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        long left = nanos;
        while (changes == seen && left > 0 && !closed) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
            left = deadline - System.nanoTime();
        }
        return changes;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
