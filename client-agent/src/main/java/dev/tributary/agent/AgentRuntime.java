package dev.tributary.agent;

import dev.tributary.agent.journal.Answer;
import dev.tributary.agent.journal.Journal;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.BlobStoreException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** An agent's three threads: one polls and decides, one works, one tells that the agent lives. */
final class AgentRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);

    private static final Duration POLL = Duration.ofMillis(250);

    /** Each time costs two flushes, and what is not acknowledged only comes once more after a crash. */
    private static final Duration ACKNOWLEDGE_EVERY = Duration.ofMillis(500);

    private static final Duration JOBS_FORGOTTEN_AFTER = Duration.ofDays(7);
    private static final Duration CLEANING_EVERY = Duration.ofHours(1);
    private static final Duration CLOSING = Duration.ofSeconds(4);

    private final AgentId id;
    private final AgentTransport transport;
    private final Downlink downlink;
    private final Worker worker;
    private final HeartbeatLoop heartbeats;
    private final TaskQueue queue;
    private final Positions positions;
    private final ProgressBoard board;
    private final Journal journal;
    private final Supplier<AgentProfile> profile;
    private final Clock clock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread workThread;
    private final List<Thread> threads;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closing;

    AgentRuntime(
            AgentId id,
            AgentTransport transport,
            Downlink downlink,
            Worker worker,
            HeartbeatLoop heartbeats,
            TaskQueue queue,
            Positions positions,
            ProgressBoard board,
            Journal journal,
            Supplier<AgentProfile> profile,
            Clock clock) {
        this.id = id;
        this.transport = transport;
        this.downlink = downlink;
        this.worker = worker;
        this.heartbeats = heartbeats;
        this.queue = queue;
        this.positions = positions;
        this.board = board;
        this.journal = journal;
        this.profile = profile;
        this.clock = clock;
        this.workThread = thread("work", this::work);
        this.threads = List.of(thread("heartbeat", heartbeats::run), workThread, thread("poll", this::poll));
    }

    void start() {
        for (Answer answer : journal.unsent()) {
            LOG.info("agent {}: sending the sealed answer to plan {} again", id, answer.planId());
            queue.add(new Task.Resend(answer, OptionalLong.empty()));
        }
        threads.forEach(Thread::start);
    }

    private Thread thread(String name, Loop loop) {
        Thread thread = new Thread(() -> guard(loop), "agent-" + id + "-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /** A loop ends when the agent closes; ended by an error, it takes the agent with it. */
    private void guard(Loop loop) {
        MDC.put("agent", id.value()); // the thread is this agent's alone
        try {
            loop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (!closing) {
                LOG.error("agent {} fails", id, e);
                failure.compareAndSet(null, e);
            }
        } finally {
            signalClose();
            ended.countDown();
        }
    }

    private void work() throws InterruptedException {
        heartbeats.awaitRegistered();
        worker.run();
    }

    private void poll() throws InterruptedException {
        Instant cleaned = Instant.MIN;
        long acknowledged = System.nanoTime();
        while (!closing) {
            if (cleaned.isBefore(clock.instant().minus(CLEANING_EVERY))) {
                cleaned = clock.instant();
                forgetIdleJobs(cleaned);
            }
            try {
                for (AgentTransport.Received received : transport.poll(POLL)) {
                    handle(received);
                }
                if (System.nanoTime() - acknowledged > ACKNOWLEDGE_EVERY.toNanos()) {
                    acknowledge();
                    acknowledged = System.nanoTime();
                }
            } catch (TransportException e) {
                LOG.warn("agent {}: reading commands failed, trying again: {}", id, e.getMessage());
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
        workThread.join(CLOSING.toMillis());
        acknowledgeLast();
    }

    private void forgetIdleJobs(Instant now) {
        try {
            journal.forgetIdleJobs(now, JOBS_FORGOTTEN_AFTER);
        } catch (UncheckedIOException | BlobStoreException e) {
            LOG.warn("agent {}: cleaning up failed: {}", id, e.getMessage());
        }
    }

    /** A disk that fails holds the agent up, it does not end it. */
    private void handle(AgentTransport.Received received) throws InterruptedException {
        if (!positions.arrived(received.position())) {
            return;
        }
        while (!closing) {
            try {
                downlink.handle(received);
                return;
            } catch (UncheckedIOException | BlobStoreException e) {
                LOG.warn("agent {}: the disk fails, trying again: {}", id, e.getMessage());
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private void acknowledgeLast() {
        try {
            acknowledge();
        } catch (TransportException e) {
            LOG.warn("agent {}: the last commands will be delivered again: {}", id, e.getMessage());
        }
    }

    private void acknowledge() {
        OptionalLong position = positions.toAcknowledge();
        if (position.isPresent()) {
            try {
                downlink.acknowledging(position.getAsLong());
                transport.acknowledge(position.getAsLong());
            } catch (UncheckedIOException e) {
                LOG.warn("agent {}: commands stay unacknowledged for now: {}", id, e.getMessage());
            }
        }
    }

    AgentId id() {
        return id;
    }

    AgentProfile profile() {
        return profile.get();
    }

    boolean isRunning() {
        return ended.getCount() > 0;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    private void signalClose() {
        closing = true;
        queue.close();
        heartbeats.close();
        board.close();
    }

    void close() {
        signalClose();
        try {
            long deadline = System.nanoTime() + CLOSING.toNanos();
            for (Thread thread : threads) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                thread.join(Math.max(1, left));
                if (thread.isAlive()) {
                    LOG.warn("agent {}: thread {} does not stop; leaving it behind", id, thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            transport.close();
            ended.countDown();
        }
    }

    @FunctionalInterface
    private interface Loop {
        void run() throws InterruptedException;
    }
}
