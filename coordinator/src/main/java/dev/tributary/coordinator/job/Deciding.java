package dev.tributary.coordinator.job;

import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One decision in the making: every event emitted is applied at once, so the next rule sees it. */
final class Deciding {

    /** Filled in by the relay with the epoch in which a message is sent. */
    private static final long EPOCH_AT_SENDING = 0;

    private final Instant now;
    private final List<JobEvent> events = new ArrayList<>();
    private final List<OutboxEntry> outbox = new ArrayList<>();
    private JobState state;

    Deciding(JobState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    JobState state() {
        return state;
    }

    Instant now() {
        return now;
    }

    Decision decision() {
        return new Decision(events, outbox, state);
    }

    void emit(JobEvent event) {
        events.add(event);
        state = state.apply(event, now);
    }

    void command(AgentId to, Plan plan, StateRef base) {
        outbox.add(new OutboxEntry(to, new Message.Command(plan, state.locationsOf(base), EPOCH_AT_SENDING)));
    }

    void cancel(AgentId to, String planId, String reason) {
        outbox.add(new OutboxEntry(to, new Message.Cancel(state.id(), planId, reason, EPOCH_AT_SENDING)));
    }

    void verdict(AgentId to, String planId, int round, boolean accepted, String reason) {
        outbox.add(new OutboxEntry(
                to, new Message.Verdict(planId, state.id(), round, accepted, reason, EPOCH_AT_SENDING)));
    }

    /** An agent sent again what it had sent before: tell it again what became of it, once that is known. */
    void repeatVerdict(AgentId to, Update update) {
        Round round = state.rounds().get(update.round());
        if (round == null) {
            return;
        }
        for (Attempt attempt : round.attempts()) {
            Answer answer = attempt.answers().get(to);
            if (attempt.number() != update.attempt() || answer == null) {
                continue;
            }
            if (answer.kind() == Answer.Kind.REJECTED) {
                verdict(to, update.planId(), update.round(), false, answer.reason() + ": " + answer.message());
            } else if (answer.kind() == Answer.Kind.DEFERRED) {
                if (LateUpdates.waiting(state).stream()
                        .noneMatch(late -> late.member().planId().equals(update.planId()))) {
                    verdict(to, update.planId(), update.round(), true, "");
                }
            } else if (!attempt.isOpen()) {
                boolean counted = attempt.accepted().contains(to);
                verdict(to, update.planId(), update.round(), counted, counted ? "" : "round-abandoned");
            }
        }
    }

    /** Whether {@code planId} is {@code agent}'s and its answer is still awaited. */
    boolean awaits(AgentId agent, String planId, int roundNumber) {
        Round round = state.rounds().get(roundNumber);
        if (round == null) {
            return false;
        }
        Attempt attempt = round.attempt();
        boolean training = (attempt.isOpen()
                        && attempt.waiting().contains(agent)
                        && attempt.memberOf(planId)
                                .filter(m -> m.agent().equals(agent))
                                .isPresent())
                || LateUpdates.isStraggler(state, agent, planId);
        EvaluationState evaluation = round.evaluation();
        return training
                || (evaluation != null
                        && evaluation.isOpen()
                        && evaluation.waiting().contains(agent)
                        && planId.equals(evaluation.plans().get(agent)));
    }

    void close(Round round, String cause) {
        Attempt attempt = round.attempt();
        List<AgentId> accepted = attempt.with(Answer.Kind.ACCEPTED);
        List<LateUpdates.Deferred> late = new ArrayList<>();
        for (LateUpdates.Deferred each : LateUpdates.waiting(state)) {
            if (accepted.contains(each.member().agent())) {
                withdraw(each, "superseded", "round " + round.number() + " has a newer update of this agent");
            } else {
                late.add(each);
            }
        }
        emit(new JobEvent.RoundClosed(round.number(), attempt.number(), accepted, cause, plansOf(late)));
        for (AgentId agent : accepted) {
            verdict(agent, planOf(attempt, agent), round.number(), true, "");
        }
        for (LateUpdates.Deferred each : late) {
            verdict(each.member().agent(), each.member().planId(), each.update().round(), true, "");
        }
        List<AgentId> stopped = new ArrayList<>(attempt.with(Answer.Kind.LOST));
        if (!state.job().cohort().late().counted()) {
            stopped.addAll(attempt.waiting());
        }
        cancel(attempt, stopped, "round " + round.number() + " closed: " + cause);
    }

    private static List<String> plansOf(List<LateUpdates.Deferred> late) {
        return late.stream().map(each -> each.member().planId()).toList();
    }

    /** Tells agents that are too far behind to stop, before {@code round} opens. */
    void stopStragglers(int round) {
        for (LateUpdates.Straggler each : LateUpdates.stragglers(state)) {
            if (!LateUpdates.isInTime(state.job(), each.round(), round)) {
                String reason = "more than " + state.job().cohort().late().oldest() + " rounds behind";
                lose(each, reason);
                cancel(each.member().agent(), each.member().planId(), reason);
            }
        }
    }

    /** Nobody is awaited any more whose round has closed. */
    void forgetStragglers(String reason) {
        LateUpdates.stragglers(state).forEach(each -> lose(each, reason));
    }

    private void lose(LateUpdates.Straggler straggler, String reason) {
        Member member = straggler.member();
        emit(new JobEvent.AgentLost(straggler.round(), member.agent(), member.planId(), reason));
    }

    void abandon(Round round, String reason) {
        Attempt attempt = round.attempt();
        emit(new JobEvent.RoundAbandoned(round.number(), attempt.number(), reason));
        for (AgentId agent : attempt.with(Answer.Kind.ACCEPTED)) {
            verdict(agent, planOf(attempt, agent), round.number(), false, "round-abandoned");
        }
        cancelWaiting(attempt, "round " + round.number() + " abandoned: " + reason);
    }

    /** Records that an update which came late does not count after all. */
    void withdraw(LateUpdates.Deferred late, String reason, String message) {
        Update update = late.update();
        emit(new JobEvent.UpdateRejected(
                update.round(),
                update.attempt(),
                update.agent(),
                update.planId(),
                update.tensors().sha256(),
                reason,
                message));
        verdict(update.agent(), update.planId(), update.round(), false, reason + ": " + message);
    }

    /** Records that an accepted update is unusable after all. */
    void withdraw(Round round, AgentId agent, String message) {
        Attempt attempt = round.attempt();
        Answer answer = attempt.answers().get(agent);
        emit(new JobEvent.UpdateRejected(
                round.number(),
                attempt.number(),
                agent,
                planOf(attempt, agent),
                answer == null ? "" : answer.content(),
                "unreadable",
                message));
        verdict(agent, planOf(attempt, agent), round.number(), false, "unreadable: " + message);
    }

    /** Closes the round again without {@code agent}. */
    void amend(Round round, AgentId agent) {
        List<AgentId> left = round.attempt().accepted().stream()
                .filter(a -> !a.equals(agent))
                .toList();
        List<LateUpdates.Deferred> late = LateUpdates.of(state, round.attempt());
        emit(new JobEvent.RoundClosed(
                round.number(), round.attempt().number(), left, "update-withdrawn", plansOf(late)));
    }

    void fail(String reason) {
        stopOutstanding(reason);
        emit(new JobEvent.JobFailed(reason));
    }

    /** Tells every agent whose work is no longer wanted to stop. */
    void stopOutstanding(String reason) {
        state.lastRound().map(Round::attempt).filter(Attempt::isOpen).ifPresent(a -> cancelWaiting(a, reason));
        LateUpdates.stragglers(state)
                .forEach(s -> cancel(s.member().agent(), s.member().planId(), reason));
        LateUpdates.waiting(state).forEach(late -> withdraw(late, "job-over", reason));
        for (Round round : state.rounds().values()) {
            EvaluationState evaluation = round.evaluation();
            if (evaluation != null && evaluation.isOpen()) {
                evaluation.waiting().forEach(a -> cancel(a, evaluation.plans().getOrDefault(a, ""), reason));
            }
        }
    }

    private void cancelWaiting(Attempt attempt, String reason) {
        List<AgentId> unfinished = new ArrayList<>(attempt.waiting());
        unfinished.addAll(attempt.with(Answer.Kind.LOST));
        cancel(attempt, unfinished, reason);
    }

    private void cancel(Attempt attempt, List<AgentId> agents, String reason) {
        agents.forEach(agent -> cancel(agent, planOf(attempt, agent), reason));
    }

    private static String planOf(Attempt attempt, AgentId agent) {
        Member member = attempt.members().get(agent);
        return member == null ? "" : member.planId();
    }
}
