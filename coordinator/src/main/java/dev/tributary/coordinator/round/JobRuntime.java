package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.Decision;
import dev.tributary.coordinator.job.EvaluationState;
import dev.tributary.coordinator.job.Flaw;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobDecider;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.LateUpdates;
import dev.tributary.coordinator.job.Round;
import dev.tributary.coordinator.job.Screening;
import dev.tributary.coordinator.job.Step;
import dev.tributary.coordinator.log.Append;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One job at work: its state, and what is done next about it. Used by the loop's thread only, but for {@link #stored}
 * and {@link #inspect}.
 */
final class JobRuntime {

    private static final Duration RETRY = Duration.ofSeconds(3);

    private final JobEnvironment world;
    private final JobDecider decider;
    private JobState state;
    private volatile @Nullable JobState stored;
    private long seq;
    private @Nullable Step atWork;
    private Instant notBefore = Instant.EPOCH;
    private @Nullable Instant waitingSince;

    JobRuntime(JobEnvironment world, JobState state, long seq) {
        this.world = world;
        this.decider = new JobDecider(world.rules().maxAttempts());
        this.state = state;
        this.seq = seq;
    }

    /** The state with all that was decided, stored or about to be. */
    JobState state() {
        return state;
    }

    /** The state as the log tells it; empty while not even the first event is stored. Any thread may ask. */
    Optional<JobState> stored() {
        return Optional.ofNullable(stored);
    }

    /** Says that the log has everything up to the present state. */
    void isStored() {
        stored = state;
    }

    /** Decides and applies; whatever may be seen outside waits until it is stored. */
    void handle(JobCommand command, Instant now) {
        Decision decision = decider.decide(state, command, now);
        if (decision.isEmpty()) {
            return;
        }
        world.log().append(List.of(new Append(stream(), seq, decision.events())), decision.outbox());
        JobState before = state;
        JobState next = decision.next();
        seq += decision.events().size();
        state = next;
        decision.events().forEach(this::forgetPlans);
        world.log().then(() -> {
            stored = next;
            Narration.tell(before, next, decision.events());
            world.retention().applied(before, next, decision.events(), world.jobs());
        });
        if (!decision.events().isEmpty()) {
            world.log().announce(stream());
        }
    }

    /** What was heard of plans that are over is not needed any more. */
    private void forgetPlans(JobEvent event) {
        if (event instanceof JobEvent.RoundClosed || event instanceof JobEvent.RoundAbandoned) {
            Set<AgentId> behind = stragglers();
            state.lastRound()
                    .ifPresent(r -> r.attempt().members().values().stream()
                            .filter(m -> !behind.contains(m.agent()))
                            .forEach(m -> world.leases().forget(m.planId())));
        } else if (event instanceof JobEvent.EvaluationClosed e) {
            Round round = state.rounds().get(e.round());
            if (round != null && round.evaluation() != null) {
                round.evaluation().plans().values().forEach(world.leases()::forget);
            }
        }
    }

    private String stream() {
        return state.id().value();
    }

    /** Looks into an update unless its header decides already. Any thread may ask. */
    @Nullable
    Finding inspect(AgentId from, Update update) {
        JobState known = stored;
        return known == null ? null : inspect(known, from, update);
    }

    @Nullable
    private Finding inspect(JobState known, AgentId from, Update update) {
        return Screening.of(known, from, update).passed()
                ? new Finding(world.inspector().inspect(update))
                : null;
    }

    /** @param found in the update, if it was looked into before */
    void receive(AgentId from, Update update, @Nullable Finding found, long wireBytes, Instant now) {
        Finding finding = found != null ? found : inspect(state, from, update);
        Flaw flaw = finding == null ? null : finding.flaw();
        handle(new JobCommand.ReceiveUpdate(from, update, flaw, wireBytes), now);
        // Unless it is needed, by this round or another.
        world.log().then(() -> world.retention().refused(update.tensors(), world.jobs()));
    }

    /** A worker has finished: {@code command} is its result. */
    void finished(Step step, JobCommand command, Instant now) {
        if (step.equals(atWork)) {
            if (command instanceof JobCommand.RecordState made
                    && !world.retention().holds(made.published())) {
                atWork = null; // to be made again
                return;
            }
            handle(command, now);
            atWork = null;
            waitingSince = null;
            world.obstacles().gone(stream(), now);
        }
    }

    /** A worker could not reach the broker; tried again until patience ends. */
    void postponed(Step step, String reason, Instant now) {
        if (step.equals(atWork)) {
            putOff(reason, now);
            failIfPatienceEnds(reason, now);
        }
    }

    /** A worker met a disk that fails; tried again until it works, as nothing else could be stored either. */
    void stalled(Step step, String reason, Instant now) {
        if (step.equals(atWork)) {
            putOff(reason, now);
        }
    }

    private void putOff(String reason, Instant now) {
        atWork = null;
        notBefore = now.plus(RETRY);
        world.obstacles().met(stream(), reason, now);
    }

    /** Whether a worker has something to do for this job, or its result is not taken in. */
    boolean isAtWork() {
        return atWork != null;
    }

    /** Everything that time or an earlier event made due. */
    void advance(Instant now) {
        if (state.status() != JobStatus.RUNNING) {
            waitingSince = null; // patience begins anew when the job runs again
        }
        if (state.status().isFinal()) {
            world.obstacles().gone(stream(), now);
            return;
        }
        checkLeases(now);
        handle(new JobCommand.Tick(), now);
        boolean moved = true;
        while (moved) {
            moved = take(state.nextStep(), now);
        }
    }

    private void checkLeases(Instant now) {
        for (Round round : state.rounds().values()) {
            if (round.attempt().isOpen()) {
                for (AgentId agent : round.attempt().waiting()) {
                    Optional.ofNullable(round.attempt().members().get(agent))
                            .ifPresent(m -> checkLease(
                                    agent, m.planId(), round.attempt().openedAt(), now));
                }
            }
            EvaluationState evaluation = round.evaluation();
            if (evaluation != null && evaluation.isOpen()) {
                for (AgentId agent : evaluation.waiting()) {
                    checkLease(agent, evaluation.plans().getOrDefault(agent, ""), evaluation.openedAt(), now);
                }
            }
        }
        LateUpdates.stragglers(state)
                .forEach(s -> checkLease(s.member().agent(), s.member().planId(), s.since(), now));
    }

    /** Agents that still train for a round that has closed. */
    private Set<AgentId> stragglers() {
        return LateUpdates.stragglers(state).stream()
                .map(s -> s.member().agent())
                .collect(Collectors.toSet());
    }

    private void checkLease(AgentId agent, String planId, Instant sentAt, Instant now) {
        world.leases()
                .loss(agent, planId, sentAt, now)
                .ifPresent(reason -> handle(new JobCommand.LoseLease(agent, planId, reason), now));
    }

    /** @return whether the state changed, so that another step may be due */
    private boolean take(Step step, Instant now) {
        if (step instanceof Step.OpenEvaluation s) {
            if (someMayCome(now)) {
                return false;
            }
            Instant deadline = now.plus(state.job().cohort().deadline());
            handle(world.plans().evaluation(state, s.round(), live(now), deadline), now);
            return true;
        }
        if (step instanceof Step.OpenRound s) {
            return openRound(s, now);
        }
        boolean work = step instanceof Step.Initialise || step instanceof Step.Aggregate;
        if (work && atWork == null && !now.isBefore(notBefore)) {
            atWork = step;
            JobState begin = state;
            world.log().then(() -> world.work(begin, step));
        }
        return false;
    }

    private boolean openRound(Step.OpenRound step, Instant now) {
        if (world.obstacles().isMet(Obstacles.DISK)) {
            waitingSince = null; // whoever makes room lets it go on
            return false;
        }
        Candidates candidates = Candidates.of(state, live(now));
        int quorum = Math.max(1, state.job().cohort().quorum());
        if (candidates.waitsForStragglers(quorum)) {
            waitingSince = null; // their leases bound the wait
            return false;
        }
        if (candidates.count() < quorum || someMayCome(now)) {
            failIfPatienceEnds(
                    "round " + step.round() + " could not open: of the " + quorum + " agents that the quorum asks for, "
                            + candidates.count() + " are connected with model '"
                            + state.model().name() + "' and dataset '"
                            + String.join("' and '", Eligibility.datasets(state)) + "'"
                            + state.job().cohort().needs().wording(),
                    now);
            return false;
        }
        waitingSince = null;
        List<AgentProfile> cohort = CohortSampler.draw(state.job(), step.round(), step.attempt(), candidates.free());
        Instant deadline = now.plus(state.job().cohort().deadline());
        int wanted = CohortSampler.wanted(state.job(), candidates.count());
        handle(world.plans().training(state, step.round(), step.attempt(), cohort, wanted, deadline), now);
        return true;
    }

    /** After a start, agents known from before get the time of a lease to be heard of again. */
    private boolean someMayCome(Instant now) {
        return Eligibility.eligible(state, world.agents()).stream()
                .anyMatch(agent -> world.leases().mayStillCome(agent.id(), now));
    }

    private List<AgentProfile> live(Instant now) {
        return Eligibility.eligible(state, world.agents()).stream()
                .filter(agent -> world.leases().isLive(agent.id(), now))
                .toList();
    }

    private void failIfPatienceEnds(String reason, Instant now) {
        if (waitingSince == null) {
            waitingSince = now;
        } else if (!now.isBefore(waitingSince.plus(world.rules().patience()))) {
            handle(
                    new JobCommand.Fail(reason + ", after waiting "
                            + world.rules().patience().toSeconds() + " s"),
                    now);
        }
    }
}
