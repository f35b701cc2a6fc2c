package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.log.ConflictException;
import dev.tributary.plan.JobId;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The one thread in which jobs change: messages from agents, requests from people, results of workers and time come in
 * through one queue, each is decided and appended before the next. A database that is gone is waited for; an item is
 * handled when its events are stored, not before.
 */
final class CoordinatorLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);
    private static final int QUEUE_LIMIT = 10_000;
    private static final long TICK_MILLIS = 100;
    private static final long SAVE_POSITIONS_MILLIS = 3000;

    /** Something to do at a moment; may run again if the store fails. */
    @FunctionalInterface
    interface Item {
        void run(Instant now);
    }

    private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT);
    private final Clock clock;
    private final JobRegistry jobs;
    private final MessageHandler messages;
    private final LogWriter log;
    private volatile boolean stopped;
    private volatile boolean working;
    private long positionsSaved = System.nanoTime();
    private long advanced;

    CoordinatorLoop(Clock clock, JobRegistry jobs, MessageHandler messages, LogWriter log) {
        this.clock = clock;
        this.jobs = jobs;
        this.messages = messages;
        this.log = log;
    }

    void stop() {
        stopped = true;
        queue.offer(now -> {});
    }

    /** Takes a message in; waits while the queue is full. */
    void receive(Incoming incoming) {
        put(now -> messages.handle(incoming, now));
    }

    void finished(JobId id, Function<JobRuntime, Item> action) {
        put(now -> jobs.find(id).ifPresent(job -> action.apply(job).run(now)));
    }

    CompletableFuture<JobState> submit(JobEvent.JobSubmitted submitted) {
        CompletableFuture<JobState> done = new CompletableFuture<>();
        put(now -> answer(done, () -> jobs.open(submitted, now)));
        return done;
    }

    CompletableFuture<JobState> command(JobId id, JobCommand command) {
        CompletableFuture<JobState> done = new CompletableFuture<>();
        put(now -> answer(done, () -> {
            JobRuntime job = jobs.find(id).orElseThrow();
            job.handle(command, now);
            return job.state();
        }));
        return done;
    }

    /** Failures of the store are left to {@link #untilStored}, which tries again; all others go to whoever asked. */
    private static void answer(CompletableFuture<JobState> done, Supplier<JobState> action) {
        try {
            done.complete(action.get());
        } catch (DataAccessException | TransactionException e) {
            throw e;
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
            throw e;
        }
    }

    private void put(Item item) {
        try {
            while (!stopped && !queue.offer(item, 250, TimeUnit.MILLISECONDS)) {
                LOG.debug("the loop's queue is full");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        working = true;
        while (!stopped) {
            try {
                Item item = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (item != null) {
                    untilStored(item);
                }
                if (queue.isEmpty() || elapsed(advanced, TICK_MILLIS)) {
                    untilStored(jobs::advance);
                    advanced = System.nanoTime();
                }
                savePositions();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean elapsed(long sinceNanos, long millis) {
        return System.nanoTime() - sinceNanos > TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Whether jobs are being worked on: started, not stopped, not deposed by another coordinator. */
    boolean isWorking() {
        return working && !stopped;
    }

    private void savePositions() throws InterruptedException {
        if (elapsed(positionsSaved, SAVE_POSITIONS_MILLIS)) {
            untilStored(log::savePositions);
            positionsSaved = System.nanoTime();
        }
    }

    private void untilStored(Item item) throws InterruptedException {
        while (!stopped) {
            try {
                item.run(clock.instant().truncatedTo(ChronoUnit.MILLIS));
                return;
            } catch (ConflictException e) {
                LOG.error("this coordinator stops working on jobs: {}", e.getMessage());
                stopped = true;
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("the database cannot be written, trying again in 1 s: {}", e.getMessage());
                TimeUnit.SECONDS.sleep(1);
            } catch (RuntimeException e) {
                LOG.error("an unexpected failure was skipped", e);
                return;
            }
        }
    }
}
