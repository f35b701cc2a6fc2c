package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobLocation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything a job's events say, as a value: {@link #apply} is the only way to a next one, so a replay of the log gives
 * the same state.
 *
 * @param reason why the job failed, was cancelled or is paused, else empty
 * @param initial the state before round 1, once published
 * @param locations where every blob of every published state lies
 * @param rounds by number
 * @param resultVersion version of the state that is the result, -1 while there is none
 */
public record JobState(
        JobId id,
        Job job,
        ModelDescriptor model,
        String document,
        Instant submittedAt,
        JobStatus status,
        String reason,
        @Nullable Instant finishedAt,
        @Nullable Publication initial,
        Map<BlobRef, BlobLocation> locations,
        SortedMap<Integer, Round> rounds,
        int resultVersion) {

    public JobState {
        locations = Map.copyOf(locations);
        rounds = Collections.unmodifiableSortedMap(new TreeMap<>(rounds));
    }

    /** The state that a job's first event gives. */
    public static JobState submitted(JobEvent.JobSubmitted e, Instant at) {
        return new JobState(
                e.id(),
                e.job(),
                e.model(),
                e.document(),
                at,
                JobStatus.RUNNING,
                "",
                null,
                null,
                Map.of(),
                new TreeMap<>(),
                -1);
    }

    /** The state after {@code event}, which happened at {@code at}. */
    public JobState apply(JobEvent event, Instant at) {
        if (event instanceof JobEvent.RoundOpened e) {
            Attempt attempt = Attempt.opened(e, at);
            Round before = rounds.get(e.round());
            return with(before == null ? new Round(e.round(), List.of(attempt), null, null) : before.withNext(attempt));
        } else if (event instanceof JobEvent.UpdateAccepted e) {
            Answer answer = Answer.accepted(at, e.update(), e.wireBytes());
            return change(
                    e.update().round(), r -> r.with(r.attempt().with(e.update().agent(), answer)));
        } else if (event instanceof JobEvent.UpdateDeferred e) {
            Answer answer = Answer.deferred(at, e.update(), e.wireBytes());
            return change(
                    e.update().round(), r -> r.with(r.attempt().with(e.update().agent(), answer)));
        } else if (event instanceof JobEvent.UpdateRejected e) {
            return reject(e, at);
        } else if (event instanceof JobEvent.AgentRefused e) {
            return unanswered(e.round(), e.agent(), e.planId(), Answer.refused(at, e.reason(), e.message()));
        } else if (event instanceof JobEvent.AgentLost e) {
            return unanswered(e.round(), e.agent(), e.planId(), Answer.lost(at, e.reason()));
        } else if (event instanceof JobEvent.RoundClosed e) {
            return change(
                    e.round(),
                    r -> r.with(r.attempt().closed(RoundPhase.AGGREGATING, at, e.accepted(), e.late(), e.cause())));
        } else if (event instanceof JobEvent.RoundAbandoned e) {
            return change(
                    e.round(),
                    r -> r.with(r.attempt().closed(RoundPhase.ABANDONED, at, List.of(), List.of(), e.reason())));
        } else if (event instanceof JobEvent.StatePublished e) {
            return publish(e, at);
        } else if (event instanceof JobEvent.EvaluationOpened e) {
            return change(e.round(), r -> r.evaluate(none -> EvaluationState.opened(e, at)));
        } else if (event instanceof JobEvent.MetricsReported e) {
            return evaluation(e.round(), s -> s.with(e.agent(), e.metrics(), e.bytesReceived()));
        } else if (event instanceof JobEvent.EvaluationClosed e) {
            return evaluation(e.round(), s -> s.closed(at, e.cause()));
        } else if (event instanceof JobEvent.JobCompleted e) {
            return finished(JobStatus.COMPLETED, "", at, e.resultVersion());
        } else if (event instanceof JobEvent.JobFailed e) {
            return finished(JobStatus.FAILED, e.reason(), at, latestVersion());
        } else if (event instanceof JobEvent.JobCancelled e) {
            return finished(JobStatus.CANCELLED, e.reason(), at, latestVersion());
        } else if (event instanceof JobEvent.JobExhausted e) {
            return finished(JobStatus.BUDGET_EXHAUSTED, e.reason(), at, e.resultVersion());
        } else if (event instanceof JobEvent.PrivacyAlarmed e) {
            return finished(JobStatus.PRIVACY_ALARM, e.reason(), at, -1);
        } else if (event instanceof JobEvent.JobPaused e) {
            return with(JobStatus.PAUSED, e.reason());
        } else if (event instanceof JobEvent.JobResumed || event instanceof JobEvent.JobRetried) {
            return with(JobStatus.RUNNING, "");
        }
        throw new IllegalStateException("job " + id + " was submitted twice");
    }

    private JobState reject(JobEvent.UpdateRejected e, Instant at) {
        if (!rounds.containsKey(e.round())) {
            return this;
        }
        return change(e.round(), r -> {
            Attempt attempt = r.attempt();
            boolean own = attempt.memberOf(e.planId())
                    .filter(m -> m.agent().equals(e.agent()))
                    .isPresent();
            boolean accepted = attempt.with(Answer.Kind.ACCEPTED).contains(e.agent());
            boolean deferred = attempt.with(Answer.Kind.DEFERRED).contains(e.agent());
            boolean withdrawn = (attempt.phase() == RoundPhase.AGGREGATING || deferred) && sameContent(attempt, e);
            boolean concerns = own && (withdrawn || (attempt.isOpen() && !accepted));
            return concerns
                    ? r.with(attempt.with(e.agent(), Answer.rejected(at, e.reason(), e.message(), e.content())))
                    : r;
        });
    }

    private static boolean sameContent(Attempt attempt, JobEvent.UpdateRejected e) {
        Answer before = attempt.answers().get(e.agent());
        return before != null && before.content().equals(e.content());
    }

    private JobState unanswered(int round, AgentId agent, String planId, Answer answer) {
        return change(round, r -> {
            if (r.attempt().memberOf(planId).isPresent()) {
                return r.with(r.attempt().with(agent, answer));
            }
            return r.evaluate(s -> s == null ? null : s.without(agent, answer.reason() + ": " + answer.message()));
        });
    }

    private JobState publish(JobEvent.StatePublished e, Instant at) {
        List<FoldRef> folds = new ArrayList<>(latest().map(StateRef::folds).orElse(List.of()));
        if (e.fold() != null) {
            folds.add(e.fold());
        }
        if (e.foldedBase() != null) {
            folds = List.of(e.foldedBase());
        }
        StateRef state = new StateRef(e.version(), e.parts(), folds, e.methodState());
        Publication publication = new Publication(state, at, e.diagnostics(), e.aggregateSeconds(), e.publishSeconds());
        Map<BlobRef, BlobLocation> known = new java.util.HashMap<>(locations);
        e.locations().forEach(location -> known.put(location.blob(), location));
        JobState base = new JobState(
                id,
                job,
                model,
                document,
                submittedAt,
                status,
                reason,
                finishedAt,
                e.version() == 0 ? publication : initial,
                known,
                rounds,
                resultVersion);
        return e.version() == 0 ? base : base.change(e.version(), r -> r.with(publication));
    }

    private JobState evaluation(int round, UnaryOperator<EvaluationState> change) {
        return change(round, r -> r.evaluate(s -> s == null ? null : change.apply(s)));
    }

    private JobState change(int round, UnaryOperator<Round> change) {
        Round before = rounds.get(round);
        if (before == null) {
            throw new IllegalStateException("job " + id + " has no round " + round);
        }
        return with(change.apply(before));
    }

    private JobState with(Round round) {
        TreeMap<Integer, Round> next = new TreeMap<>(rounds);
        next.put(round.number(), round);
        return new JobState(
                id,
                job,
                model,
                document,
                submittedAt,
                status,
                reason,
                finishedAt,
                initial,
                locations,
                next,
                resultVersion);
    }

    private JobState with(JobStatus unfinished, String why) {
        return new JobState(
                id, job, model, document, submittedAt, unfinished, why, null, initial, locations, rounds, -1);
    }

    private JobState finished(JobStatus end, String why, Instant at, int version) {
        return new JobState(id, job, model, document, submittedAt, end, why, at, initial, locations, rounds, version);
    }

    /** The newest round, if one was opened. */
    public Optional<Round> lastRound() {
        return rounds.isEmpty() ? Optional.empty() : Optional.ofNullable(rounds.get(rounds.lastKey()));
    }

    /** All published states, oldest first, the initial one included. */
    public Stream<Publication> publications() {
        return Stream.concat(
                Stream.ofNullable(initial),
                rounds.values().stream().map(Round::publication).flatMap(Stream::ofNullable));
    }

    /** The newest published state. */
    public Optional<StateRef> latest() {
        return publications().reduce((a, b) -> b).map(Publication::state);
    }

    private int latestVersion() {
        return latest().map(StateRef::version).orElse(-1);
    }

    /** The published state of a version. @throws NoSuchElementException if it is not published */
    public StateRef state(int version) {
        return publications()
                .map(Publication::state)
                .filter(s -> s.version() == version)
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("job " + id + " has no state of version " + version));
    }

    /** Where the blobs of {@code state} can be fetched, folds in order and then parts. */
    public List<BlobLocation> locationsOf(StateRef state) {
        return Stream.concat(state.folds().stream().map(FoldRef::blob), state.parts().values().stream())
                .distinct()
                .flatMap(blob -> Stream.ofNullable(locations.get(blob)))
                .toList();
    }

    /** What to do next; the same for equal states, so a restarted coordinator goes on where the log ends. */
    public Step nextStep() {
        if (status.isFinal()) {
            return new Step.Wait();
        }
        if (initial == null) {
            return new Step.Initialise();
        }
        for (Round round : rounds.values()) {
            if (round.publication() != null && round.evaluation() == null) {
                return new Step.OpenEvaluation(round.number());
            }
        }
        Round last = lastRound().orElse(null);
        if (last == null) {
            return open(1, 1);
        }
        return switch (last.phase()) {
            case AGGREGATING -> new Step.Aggregate(last.number());
            case ABANDONED ->
                Verdicts.budgetExhausted(this)
                        ? new Step.Wait()
                        : open(last.number(), last.attempt().number() + 1);
            case PUBLISHED -> mayOpen(last) ? open(last.number() + 1, 1) : new Step.Wait();
            case OPENING, TRAINING -> new Step.Wait();
        };
    }

    private Step open(int round, int attempt) {
        return status == JobStatus.PAUSED ? new Step.Wait() : new Step.OpenRound(round, attempt);
    }

    /** The next round waits for the figures of the last one only where they may end the job. */
    private boolean mayOpen(Round last) {
        return last.number() < job.rounds() && (job.patience() == 0 || BestRound.allMeasured(this));
    }
}
