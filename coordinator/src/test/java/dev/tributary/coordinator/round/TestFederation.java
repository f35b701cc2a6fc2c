package dev.tributary.coordinator.round;

import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A whole federation in one process: real engine, store, codec and methods; agents by script. */
final class TestFederation implements AutoCloseable {

    static final RoundRules RULES =
            new RoundRules(Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(20), 3, 1e4, 3);

    private final Path directory;
    private final RoundRules rules;
    private final InMemoryNetwork network;
    private final FullDisk blobs;
    private final ProtobufMessageCodec codec;
    private final Database database;
    private final UnaryOperator<EventStore> wrapping;
    private final Semaphore changed = new Semaphore(0);
    private final Map<AgentId, ScriptedAgent> agents = new HashMap<>();
    private @Nullable RoundEngine engine;
    private @Nullable EventStore store;
    private @Nullable CoordinatorTransport transport;

    TestFederation(Path directory, RoundRules rules) {
        this(directory, rules, new Database(directory), UnaryOperator.identity());
    }

    /** @param wrapping put around the store of every coordinator */
    TestFederation(Path directory, RoundRules rules, Database database, UnaryOperator<EventStore> wrapping) {
        this.directory = directory;
        this.rules = rules;
        this.network = new InMemoryNetwork(directory.resolve("wire"));
        this.blobs = new FullDisk(new FileBlobStore(directory.resolve("coordinator")));
        this.codec = new ProtobufMessageCodec(
                ScriptedAgent.FEDERATION, Envelope.COORDINATOR, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
        this.database = database;
        this.wrapping = wrapping;
        startCoordinator();
    }

    void startCoordinator() {
        LogFeed feed = new LogFeed();
        feed.subscribe(stream -> changed.release());
        store = wrapping.apply(database.store());
        transport = network.coordinator(blobs);
        engine = new RoundEngine(new RoundEngine.Parts(
                ScriptedAgent.FEDERATION,
                store,
                feed,
                blobs,
                transport,
                codec,
                Admission.FIRST_USE,
                new StandardAggregation(),
                rules,
                new StartAdapters(directory.resolve("adapters")),
                directory.resolve("privacy"),
                java.util.Optional::empty,
                Clock.systemUTC()));
        engine.start();
    }

    void stopCoordinator() {
        engine().close();
        java.util.Objects.requireNonNull(transport).close();
    }

    RoundEngine engine() {
        return java.util.Objects.requireNonNull(engine);
    }

    /** The coordinator's, which can be filled. */
    FullDisk disk() {
        return blobs;
    }

    EventStore store() {
        return java.util.Objects.requireNonNull(store);
    }

    ScriptedAgent agent(AgentId id, ScriptedAgent.Script script) {
        ScriptedAgent agent = new ScriptedAgent(network, id, directory.resolve(id.value()), script);
        agents.put(id, agent);
        return agent;
    }

    void stopAgent(AgentId id) {
        ScriptedAgent agent = agents.remove(id);
        if (agent != null) {
            agent.close();
        }
    }

    /** Three sites that answer everything. */
    void honestAgents() {
        Jobs.SITES.forEach(site -> agent(site, plan -> ScriptedAgent.Act.ANSWER));
        awaitAgents(3);
    }

    void awaitAgents(int count) {
        await(
                "agents are registered",
                e -> e.federation().agents().keySet().stream()
                                .filter(a -> e.leases().isLive(a, java.time.Instant.now()))
                                .count()
                        >= count);
    }

    JobState submit(Job job) {
        return engine().submit(new JobEvent.JobSubmitted(Jobs.ID, job, Jobs.model(), "name: tone"));
    }

    JobState job() {
        return engine().job(Jobs.ID).orElseThrow();
    }

    JobState awaitEnd() {
        return awaitJob("the job is over", job -> job.status().isFinal());
    }

    JobState awaitJob(String what, Predicate<JobState> condition) {
        await(what, e -> e.job(Jobs.ID).filter(condition).isPresent());
        return job();
    }

    void await(String what, Predicate<RoundEngine> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.test(engine())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 60 s: " + what + "; job: " + engine().job(Jobs.ID));
            }
            try {
                if (changed.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                    changed.drainPermits();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    List<String> eventTypes(JobId job) {
        return new ArrayList<>(
                store().read(job.value(), 0, 1000).stream().map(e -> e.type()).toList());
    }

    @Override
    public void close() {
        agents.values().forEach(ScriptedAgent::close);
        stopCoordinator();
        database.close();
    }
}
