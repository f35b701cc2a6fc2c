package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.round.Obstacles;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.JobId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Service;

/** Read access to everything the coordinator knows, for REST, the page and programs in the same process. */
@Service
public class JobViews {

    private final RoundEngine engine;
    private final LogFeed feed;
    private final Clock clock;

    public JobViews(RoundEngine engine, LogFeed feed, Clock clock) {
        this.engine = engine;
        this.feed = feed;
        this.clock = clock;
    }

    /** All jobs, newest first. */
    public List<JobView> jobs() {
        java.util.ArrayList<JobView> views =
                new java.util.ArrayList<>(engine.jobs().stream().map(this::view).toList());
        java.util.Collections.reverse(views);
        return views;
    }

    public Optional<JobView> job(String id) {
        return state(id).map(this::view);
    }

    private JobView view(JobState state) {
        return JobView.of(
                state,
                engine.obstacles()
                        .of(state.id().value())
                        .map(o -> "waiting since " + o.since().truncatedTo(ChronoUnit.SECONDS) + ": " + o.reason())
                        .orElse(""));
    }

    /** What the coordinator waits for at the moment, longest first. */
    public List<Obstacles.Obstacle> obstacles() {
        return engine.obstacles().all();
    }

    /** The rounds of a job, oldest first; empty if there is no such job. */
    public List<RoundView> rounds(String id) {
        return state(id)
                .map(s -> s.rounds().values().stream().map(RoundView::of).toList())
                .orElse(List.of());
    }

    /** What the job's privacy claim is and what was spent on it; takes a second or two. */
    public Optional<PrivacyReport> privacy(String id) {
        return state(id)
                .map(state -> PrivacyReports.of(state, engine.federation().agents()));
    }

    /** The whole state of a job. */
    public Optional<JobState> state(String id) {
        try {
            return engine.job(new JobId(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Published adapters, of the newest job first. */
    public List<AdapterView> adapters() {
        List<JobState> states = new java.util.ArrayList<>(engine.jobs());
        java.util.Collections.reverse(states);
        return states.stream().flatMap(s -> AdapterView.of(s).stream()).toList();
    }

    /** A job's published adapters, newest first; empty if there is no such job. */
    public List<AdapterView> adapters(String id) {
        return state(id).map(AdapterView::of).orElse(List.of());
    }

    /** Key that an agent first came with; empty if it never came. */
    public String key(String agent) {
        return engine.federation().keys().entrySet().stream()
                .filter(e -> e.getKey().value().equals(agent))
                .map(java.util.Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    /** What the live agents are doing for a job right now. */
    public List<ProgressView> progress(String id) {
        return agents().stream()
                .filter(AgentView::live)
                .flatMap(agent -> agent.progress().stream())
                .filter(p -> p.job().equals(id))
                .toList();
    }

    public List<AgentView> agents() {
        Instant now = clock.instant();
        return engine.federation().agents().values().stream()
                .map(profile -> {
                    AgentId id = profile.id();
                    List<ProgressView> progress = engine.leases().progress(id).stream()
                            .map(p -> ProgressView.of(id, p))
                            .toList();
                    return AgentView.of(
                            profile,
                            engine.leases().isLive(id, now),
                            engine.leases().lastSeen(id).orElse(null),
                            progress);
                })
                .toList();
    }

    /**
     * Waits until a job is over, or the time is up.
     *
     * @throws java.util.NoSuchElementException if there is no such job
     */
    public JobView await(String id, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Semaphore changed = new Semaphore(0);
        try (LogFeed.Subscription ignored = feed.subscribe(stream -> {
            if (stream.equals(id)) {
                changed.release();
            }
        })) {
            JobView view = job(id).orElseThrow();
            while (view.isRunning() && System.nanoTime() < deadline) {
                if (changed.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    changed.drainPermits();
                }
                view = job(id).orElseThrow();
            }
            return view;
        }
    }
}
