package dev.tributary.coordinator.round;

import dev.tributary.aggregation.Aggregation;
import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.federation.FederationState;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Step;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.LogHead;
import dev.tributary.protocol.MessageCodec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs all jobs of a federation: rebuilds them from the log, takes messages in, opens and closes rounds, sends the
 * outbox. {@link #close} may come at any moment; the next engine on the same store goes on where the log ends.
 */
public final class RoundEngine implements AutoCloseable {

    private final EventStore store;
    private final CoordinatorTransport transport;
    private final JobRegistry jobs;
    private final Leases leases;
    private final Signals signals = new Signals();
    private final Obstacles obstacles = new Obstacles();
    private final CoordinatorLoop loop;
    private final Intake intake;
    private final OutboxRelay relay;
    private final StartAdapters starts;
    private final Workers workers;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * What the engine works with; the engine closes none of it.
     *
     * @param ledgers directory of the coordinator's privacy ledgers
     * @param logHead where the log stands, for agents to witness
     */
    public record Parts(
            String federation,
            EventStore store,
            LogFeed feed,
            BlobStore blobs,
            CoordinatorTransport transport,
            MessageCodec codec,
            Admission admission,
            Aggregation aggregation,
            RoundRules rules,
            StartAdapters starts,
            Path ledgers,
            Supplier<Optional<LogHead>> logHead,
            Clock clock) {}

    public RoundEngine(Parts parts) {
        store = parts.store();
        transport = parts.transport();
        starts = parts.starts();
        relay = new OutboxRelay(store, transport, parts.codec(), parts.federation(), parts.logHead());
        LogWriter log = new LogWriter(store, parts.feed(), relay::wake);
        leases = new Leases(parts.rules(), parts.clock().instant());
        jobs = new JobRegistry(store, log, parts.admission());
        loop = new CoordinatorLoop(
                parts.clock(), jobs, new MessageHandler(jobs, leases, signals, log, parts.admission()), log, obstacles);
        intake = new Intake(
                transport,
                parts.codec(),
                parts.federation(),
                parts.admission(),
                store.uplinks(),
                this::inspect,
                loop::receive,
                obstacles,
                parts.clock());
        ClientNoise noise = new ClientNoise(parts.ledgers(), parts.clock());
        SealedRounds seals = new SealedRounds(parts.ledgers(), parts.blobs());
        workers = new Workers(
                new Aggregator(parts.blobs(), transport, parts.aggregation(), parts.starts(), noise, seals));
        jobs.load(registry -> new World(parts, log, registry));
    }

    private @Nullable Finding inspect(AgentId from, Update update) {
        return jobs.find(update.job()).map(job -> job.inspect(from, update)).orElse(null);
    }

    /** Where jobs may start from. */
    public StartAdapters startAdapters() {
        return starts;
    }

    private final class World implements JobEnvironment {
        private final RoundRules rules;
        private final LogWriter log;
        private final PlanFactory plans;
        private final UpdateInspector inspector;
        private final JobRegistry registry;
        private final Retention retention;

        World(Parts parts, LogWriter log, JobRegistry registry) {
            this.rules = parts.rules();
            this.log = log;
            this.registry = registry;
            this.retention = new Retention(parts.blobs(), parts.rules().keptStates());
            this.plans = new PlanFactory(parts.blobs(), parts.aggregation());
            this.inspector = new UpdateInspector(parts.blobs(), parts.rules().normBound());
        }

        @Override
        public RoundRules rules() {
            return rules;
        }

        @Override
        public LogWriter log() {
            return log;
        }

        @Override
        public Leases leases() {
            return leases;
        }

        @Override
        public Obstacles obstacles() {
            return obstacles;
        }

        @Override
        public PlanFactory plans() {
            return plans;
        }

        @Override
        public UpdateInspector inspector() {
            return inspector;
        }

        @Override
        public Collection<AgentProfile> agents() {
            return registry.members();
        }

        @Override
        public Retention retention() {
            return retention;
        }

        @Override
        public Collection<JobState> jobs() {
            return registry.states();
        }

        @Override
        public void discard(List<BlobLocation> live) {
            // Read here: a worker is interrupted at close, and an interrupt while H2 reads closes its file for
            // everyone.
            Map<AgentId, Long> read = positions(store);
            workers.run(() -> transport.discard(read, live));
        }

        @Override
        public void work(JobState state, Step step) {
            workers.start(state, step, loop);
        }
    }

    /** Starts reading, deciding and sending. */
    public void start() {
        transport.start(positions(store));
        launch("tributary-loop", loop);
        launch("tributary-intake", intake);
        launch("tributary-relay", relay);
    }

    private static Map<AgentId, Long> positions(EventStore store) {
        return store.uplinks().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().position()));
    }

    private void launch(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /** Starts a job that was checked; returns when its first event is stored. */
    public JobState submit(JobEvent.JobSubmitted submitted) {
        return await(loop.submit(submitted));
    }

    /** Stops a job; no effect on one that is over. @throws NoSuchElementException if there is no such job */
    public JobState cancel(JobId id, String reason) {
        return command(id, new JobCommand.Cancel(reason));
    }

    /** Lets a job finish what is under way and open no further round; no effect unless it runs. */
    public JobState pause(JobId id, String reason) {
        return command(id, new JobCommand.Pause(reason));
    }

    /** Lets a paused job go on; no effect on others. */
    public JobState resume(JobId id) {
        return command(id, new JobCommand.Resume());
    }

    /** Runs a failed or cancelled job again from its last published state; no effect on others. */
    public JobState retry(JobId id) {
        return command(id, new JobCommand.Retry());
    }

    private JobState command(JobId id, JobCommand command) {
        if (jobs.find(id).isEmpty()) {
            throw new NoSuchElementException("there is no job " + id);
        }
        return await(loop.command(id, command));
    }

    private JobState await(CompletableFuture<JobState> done) {
        try {
            return done.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new NotStoredException(obstacles.all().stream()
                    .map(Obstacles.Obstacle::reason)
                    .findFirst()
                    .orElse("The coordinator is busy"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** All jobs in the order of submission. */
    public Collection<JobState> jobs() {
        return jobs.stored();
    }

    public Optional<JobState> job(JobId id) {
        return jobs.find(id).flatMap(JobRuntime::stored);
    }

    public FederationState federation() {
        return jobs.federation();
    }

    public Leases leases() {
        return leases;
    }

    public Signals signals() {
        return signals;
    }

    /** What is waited for at the moment. */
    public Obstacles obstacles() {
        return obstacles;
    }

    /** Whether jobs are being worked on. */
    public boolean isWorking() {
        return loop.isWorking();
    }

    @Override
    public void close() {
        intake.stop();
        loop.stop();
        relay.stop();
        workers.close();
        for (Thread thread : threads) {
            try {
                thread.join(1500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
