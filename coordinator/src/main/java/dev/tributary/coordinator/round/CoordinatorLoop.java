package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.log.ConflictException;
import dev.tributary.plan.JobId;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The one thread in which jobs change: messages from agents, requests from people, results of workers and time come in
 * through one queue and are decided one after the other. What has come in meanwhile is decided in one turn and stored in
 * one transaction; nothing of a turn is seen outside before it is stored. A database that is gone is waited for.
 */
final class CoordinatorLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);
    private static final int QUEUE_LIMIT = 10_000;
    private static final int TURN = 200;
    private static final long TICK_MILLIS = 100;
    private static final long SAVE_POSITIONS_MILLIS = 3000;
    private static final long RETRY_MILLIS = 1000;

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
    private final Obstacles obstacles;
    private volatile boolean stopped;
    private volatile boolean working;
    private long positionsSaved = System.nanoTime();
    private long advanced;

    CoordinatorLoop(Clock clock, JobRegistry jobs, MessageHandler messages, LogWriter log, Obstacles obstacles) {
        this.clock = clock;
        this.jobs = jobs;
        this.messages = messages;
        this.log = log;
        this.obstacles = obstacles;
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

    /** Failures of the store are left to {@link #untilDone}, which tries again; all others go to whoever asked. */
    private void answer(CompletableFuture<JobState> done, Supplier<JobState> action) {
        try {
            JobState state = action.get();
            log.then(() -> done.complete(state));
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
        List<Item> turn = new ArrayList<>();
        while (!stopped) {
            try {
                Item first = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn.add(first);
                    queue.drainTo(turn, TURN - 1);
                }
                take(turn, clock.instant().truncatedTo(ChronoUnit.MILLIS));
                turn.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void take(List<Item> turn, Instant now) throws InterruptedException {
        for (Item item : turn) {
            untilDone(item, now);
        }
        if (queue.isEmpty() || elapsed(advanced, TICK_MILLIS)) {
            untilDone(jobs::advance, now);
            advanced = System.nanoTime();
        }
        if (elapsed(positionsSaved, SAVE_POSITIONS_MILLIS)) {
            log.keepMarks();
            positionsSaved = System.nanoTime();
        }
        untilStored(now);
    }

    private static boolean elapsed(long sinceNanos, long millis) {
        return System.nanoTime() - sinceNanos > TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Whether jobs are being worked on: started, not stopped, not deposed by another coordinator. */
    boolean isWorking() {
        return working && !stopped;
    }

    /** An item that fails on something else than the database is left out. */
    private void untilDone(Item item, Instant now) throws InterruptedException {
        while (!stopped) {
            try {
                item.run(now);
                return;
            } catch (DataAccessException | TransactionException e) {
                waitForDatabase(e);
            } catch (RuntimeException e) {
                LOG.error("an unexpected failure was skipped", e);
                return;
            }
        }
    }

    private void untilStored(Instant now) throws InterruptedException {
        while (!stopped) {
            try {
                log.flush(now);
                obstacles.gone(Obstacles.DATABASE, clock.instant());
                return;
            } catch (ConflictException e) {
                LOG.error("this coordinator stops working on jobs: {}", e.getMessage());
                stopped = true;
            } catch (RuntimeException e) {
                waitForDatabase(e);
            }
        }
    }

    private void waitForDatabase(RuntimeException e) throws InterruptedException {
        LOG.debug("the log could not be written", e);
        boolean ofDatabase = e instanceof DataAccessException || e instanceof TransactionException;
        obstacles.met(
                Obstacles.DATABASE,
                (ofDatabase
                                ? "The database cannot be written: "
                                : "The log cannot be written (an error of this program): ")
                        + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                clock.instant());
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
}
