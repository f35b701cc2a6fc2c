package dev.tributary.coordinator.round;

import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.federation.FederationEvent;
import dev.tributary.coordinator.federation.FederationState;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.JobId;
import dev.tributary.protocol.BlobLocation;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All jobs and the federation, rebuilt from the log. Changed by the loop's thread only; the states it hands out are
 * values that any thread may read.
 */
final class JobRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(JobRegistry.class);
    private static final int READ_BATCH = 1000;

    private final Map<JobId, JobRuntime> jobs = new ConcurrentSkipListMap<>();
    private final EventStore store;
    private final LogWriter log;
    private final Admission admission;
    private FederationState federation = FederationState.EMPTY;
    private volatile FederationState storedFederation = FederationState.EMPTY;
    private long federationSeq;

    JobRegistry(EventStore store, LogWriter log, Admission admission) {
        this.store = store;
        this.log = log;
        this.admission = admission;
    }

    /** Replays the whole log. */
    void load(Function<JobRegistry, JobEnvironment> environment) {
        for (RecordedEvent e : all(FederationEvent.STREAM)) {
            federation = federation.apply((FederationEvent) e.event());
            federationSeq = e.seq();
        }
        storedFederation = federation;
        this.world = environment.apply(this);
        for (JobId id : federation.jobs()) {
            @Nullable JobState state = null;
            long seq = 0;
            for (RecordedEvent e : all(id.value())) {
                state = e.event() instanceof JobEvent.JobSubmitted first
                        ? JobState.submitted(first, e.at())
                        : Objects.requireNonNull(state).apply((JobEvent) e.event(), e.at());
                seq = e.seq();
            }
            if (state != null) {
                JobRuntime job = new JobRuntime(world(), state, seq);
                job.isStored();
                jobs.put(id, job);
                if (!state.status().isFinal()) {
                    LOG.info(
                            "job {} goes on in round {}",
                            id,
                            state.lastRound().map(r -> r.number()).orElse(0));
                }
            }
        }
        world().retention().start(states());
    }

    private @Nullable JobEnvironment world;

    private JobEnvironment world() {
        return Objects.requireNonNull(world, "load() comes first");
    }

    private Iterable<RecordedEvent> all(String stream) {
        java.util.ArrayList<RecordedEvent> events = new java.util.ArrayList<>();
        List<RecordedEvent> batch;
        do {
            batch = store.read(stream, events.size(), READ_BATCH);
            events.addAll(batch);
        } while (batch.size() == READ_BATCH);
        return events;
    }

    JobState open(JobEvent.JobSubmitted submitted, Instant now) {
        FederationEvent named =
                new FederationEvent.JobNamed(submitted.id(), submitted.job().name());
        log.append(
                List.of(
                        new Append(FederationEvent.STREAM, federationSeq, List.of(named)),
                        new Append(submitted.id().value(), 0, List.of(submitted))),
                List.of());
        federationSeq++;
        apply(List.of(named));
        JobState state = JobState.submitted(submitted, now);
        JobRuntime job = new JobRuntime(world(), state, 1);
        jobs.put(submitted.id(), job);
        log.then(job::isStored);
        log.announce(FederationEvent.STREAM);
        log.announce(submitted.id().value());
        LOG.info(
                "job {} submitted: {} with {}, {} rounds",
                submitted.id(),
                submitted.job().baseModel(),
                submitted.job().aggregation().method(),
                submitted.job().rounds());
        return state;
    }

    private void apply(List<FederationEvent> events) {
        events.forEach(event -> federation = federation.apply(event));
        FederationState next = federation;
        log.then(() -> storedFederation = next);
    }

    /** @return whether the agent may be listened to under this key */
    boolean register(AgentId from, AgentProfile profile, String publicKey, Instant now) {
        if (!from.equals(profile.id())) {
            LOG.warn("agent {} sent the profile of {}; ignored", from, profile.id());
            return false;
        }
        if (!admission.admits(from)) {
            LOG.warn("agent {} is not enrolled, or was revoked; ignored", from);
            return false;
        }
        Optional<String> certified = admission.key(from);
        boolean trusted = certified.map(publicKey::equals).orElseGet(() -> federation.trusts(from, publicKey));
        List<FederationEvent> events = trusted && certified.isPresent()
                ? federation.admit(profile, publicKey)
                : federation.register(profile, publicKey);
        if (!events.isEmpty()) {
            log.append(List.of(new Append(FederationEvent.STREAM, federationSeq, events)), List.of());
            federationSeq += events.size();
            apply(events);
            log.announce(FederationEvent.STREAM);
            LOG.info("agent {} {}", from, trusted ? "registered" : "came with another key than before and was refused");
        }
        return trusted;
    }

    void advance(Instant now) {
        for (JobRuntime job : jobs.values()) {
            try {
                job.advance(now);
            } catch (RuntimeException e) {
                LOG.error("job {} fails on an unexpected error", job.state().id(), e);
                job.handle(new JobCommand.Fail("internal error: " + e), now);
            }
        }
        // While nothing is published that the log does not know, and what is published from now on comes after.
        if (jobs.values().stream().noneMatch(JobRuntime::isAtWork)
                && world().retention().isDue(now)) {
            List<BlobLocation> live = world().retention().live(states(), now);
            log.then(() -> world().discard(live));
        }
    }

    /** Registered agents that may take part. */
    Collection<AgentProfile> members() {
        return federation.agents().values().stream()
                .filter(agent -> admission.admits(agent.id()))
                .toList();
    }

    Optional<JobRuntime> find(JobId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** As the log tells it. Any thread may ask. */
    FederationState federation() {
        return storedFederation;
    }

    /** As they stand, stored or about to be; for the loop's thread. */
    Collection<JobState> states() {
        return jobs.values().stream().map(JobRuntime::state).toList();
    }

    /** As the log tells them, in the order of submission. Any thread may ask. */
    Collection<JobState> stored() {
        return storedFederation.jobs().stream()
                .flatMap(id -> find(id).flatMap(JobRuntime::stored).stream())
                .toList();
    }
}
