package dev.tributary.coordinator.round;

import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Step;
import dev.tributary.plan.JobId;
import dev.tributary.protocol.TransportException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs aggregation off the loop's thread; every outcome comes back to the loop as a command. */
final class Workers {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final Aggregator aggregator;
    private final ExecutorService pool = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "tributary-aggregation");
        thread.setDaemon(true);
        return thread;
    });

    Workers(Aggregator aggregator) {
        this.aggregator = aggregator;
    }

    void start(JobState state, Step step, CoordinatorLoop loop) {
        try {
            pool.execute(() -> run(state, step, loop));
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: {} of {} is left to the next start", step, state.id());
        }
    }

    /** Does something that may fail without harm, after all that was started before. */
    void run(Runnable task) {
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.warn("left for later: {}", e.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closing", e);
        }
    }

    private void run(JobState state, Step step, CoordinatorLoop loop) {
        JobId id = state.id();
        try {
            JobCommand result = new JobCommand.RecordState(
                    step instanceof Step.Aggregate a
                            ? aggregator.aggregate(state, a.round())
                            : aggregator.initialise(state));
            loop.finished(id, job -> now -> job.finished(step, result, now));
        } catch (InvalidUpdateException e) {
            int round = step instanceof Step.Aggregate a ? a.round() : 0;
            JobCommand drop = new JobCommand.DropUpdate(round, e.agent(), String.valueOf(e.getMessage()));
            loop.finished(id, job -> now -> job.finished(step, drop, now));
        } catch (ClientNoise.ExhaustedException e) {
            JobCommand end = new JobCommand.EndBudget(String.valueOf(e.getMessage()));
            loop.finished(id, job -> now -> job.finished(step, end, now));
        } catch (TransportException e) {
            loop.finished(id, job -> now -> job.postponed(step, String.valueOf(e.getMessage()), now));
        } catch (RuntimeException | Error e) {
            if (pool.isShutdown()) {
                LOG.debug("closing: {} of {} is left to the next start", step, id);
                return;
            }
            if (DiskFailures.isOne(e)) {
                LOG.debug("job {}: {} waits for the disk", id, step, e);
                loop.finished(id, job -> now -> job.stalled(step, DiskFailures.words(e), now));
                return;
            }
            LOG.error("job {}: {} failed", id, step, e);
            JobCommand fail = new JobCommand.Fail(words(step) + " failed: " + e);
            loop.finished(id, job -> now -> job.finished(step, fail, now));
        }
    }

    private static String words(Step step) {
        return step instanceof Step.Aggregate a ? "aggregation of round " + a.round() : "making the initial state";
    }

    /** Stops at once; unfinished work is done again by the next start. */
    void close() {
        pool.shutdownNow();
        try {
            if (!pool.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.debug("an aggregation is still running; its result will be ignored");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
