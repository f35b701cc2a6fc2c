package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Refusal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The rules of a job: what a command means in a state. Pure: no clock, no store, no randomness.
 *
 * @param maxAttempts how often one round may be opened before the job fails
 */
public record JobDecider(int maxAttempts) {

    public Decision decide(JobState state, JobCommand command, Instant now) {
        Deciding d = new Deciding(state, now);
        if (command instanceof JobCommand.ReceiveUpdate c) {
            receive(d, c);
        } else if (command instanceof JobCommand.Retry) {
            retry(d);
        } else if (!state.status().isFinal()) {
            running(d, command);
        }
        if (!d.state().status().isFinal()) {
            settle(d);
        }
        return d.decision();
    }

    private void running(Deciding d, JobCommand command) {
        if (command instanceof JobCommand.RecordState c) {
            record(d, c);
        } else if (command instanceof JobCommand.OpenRound c) {
            openRound(d, c);
        } else if (command instanceof JobCommand.OpenEvaluation c) {
            openEvaluation(d, c);
        } else if (command instanceof JobCommand.ReceiveRefusal c) {
            refused(d, c.from(), c.refusal());
        } else if (command instanceof JobCommand.ReceiveEvaluation c) {
            evaluated(d, c.from(), c.evaluation());
        } else if (command instanceof JobCommand.LoseLease c) {
            lost(d, c);
        } else if (command instanceof JobCommand.DropUpdate c) {
            drop(d, c);
        } else if (command instanceof JobCommand.EndBudget c) {
            d.stopOutstanding(c.reason());
            d.emit(new JobEvent.JobExhausted(BestRound.resultOf(d.state()), c.reason()));
        } else if (command instanceof JobCommand.Cancel c) {
            d.stopOutstanding(c.reason());
            d.emit(new JobEvent.JobCancelled(c.reason()));
        } else if (command instanceof JobCommand.Pause c) {
            if (d.state().status() == JobStatus.RUNNING) {
                d.emit(new JobEvent.JobPaused(c.reason()));
            }
        } else if (command instanceof JobCommand.Resume) {
            if (d.state().status() == JobStatus.PAUSED) {
                d.emit(new JobEvent.JobResumed());
            }
        } else if (command instanceof JobCommand.Fail c) {
            d.fail(c.reason());
        }
    }

    /** What was open when the job ended was called off then: it is closed, and a round opened again in its place. */
    private static void retry(Deciding d) {
        JobStatus status = d.state().status();
        if (status != JobStatus.FAILED && status != JobStatus.CANCELLED) {
            return;
        }
        d.state()
                .lastRound()
                .filter(r -> r.phase() == RoundPhase.TRAINING)
                .ifPresent(r -> d.abandon(r, "the job was " + status.name().toLowerCase(Locale.ROOT)));
        for (Round round : d.state().rounds().values()) {
            EvaluationState evaluation = round.evaluation();
            if (evaluation != null && evaluation.isOpen()) {
                d.emit(new JobEvent.EvaluationClosed(round.number(), "job-retried"));
            }
        }
        d.emit(new JobEvent.JobRetried());
        d.forgetStragglers("the job was " + status.name().toLowerCase(Locale.ROOT));
    }

    private static void record(Deciding d, JobCommand.RecordState c) {
        int version = c.published().version();
        Step step = d.state().nextStep();
        boolean awaited = version == 0
                ? d.state().initial() == null
                : step instanceof Step.OpenEvaluation || step.equals(new Step.Aggregate(version));
        boolean published = d.state().publications().anyMatch(p -> p.state().version() == version);
        if (awaited && !published) {
            d.emit(c.published());
        }
    }

    private static void openRound(Deciding d, JobCommand.OpenRound c) {
        if (!d.state().nextStep().equals(new Step.OpenRound(c.round(), c.attempt()))) {
            return;
        }
        d.stopStragglers(c.round());
        d.emit(new JobEvent.RoundOpened(c.round(), c.attempt(), c.members(), c.deadline(), c.wanted()));
        for (int i = 0; i < c.members().size(); i++) {
            d.command(
                    c.members().get(i).agent(),
                    c.plans().get(i),
                    c.plans().get(i).model().state());
        }
    }

    private static void openEvaluation(Deciding d, JobCommand.OpenEvaluation c) {
        if (!d.state().nextStep().equals(new Step.OpenEvaluation(c.round()))) {
            return;
        }
        d.emit(new JobEvent.EvaluationOpened(c.round(), c.agents(), c.deadline()));
        for (int i = 0; i < c.agents().size(); i++) {
            d.command(
                    c.agents().get(i).agent(),
                    c.plans().get(i),
                    c.plans().get(i).model().state());
        }
    }

    private static void receive(Deciding d, JobCommand.ReceiveUpdate c) {
        Screening screening = Screening.of(d.state(), c.from(), c.update());
        if (screening.repeat()) {
            d.repeatVerdict(c.from(), c.update());
            return;
        }
        Flaw flaw = screening.flaw() != null ? screening.flaw() : c.flaw();
        if (flaw == null) {
            boolean late =
                    LateUpdates.isStraggler(d.state(), c.from(), c.update().planId());
            d.emit(
                    late
                            ? new JobEvent.UpdateDeferred(c.update(), c.wireBytes())
                            : new JobEvent.UpdateAccepted(c.update(), c.wireBytes()));
            return;
        }
        if (!d.state().status().isFinal()) {
            d.emit(new JobEvent.UpdateRejected(
                    c.update().round(),
                    c.update().attempt(),
                    c.from(),
                    c.update().planId(),
                    c.update().tensors().sha256(),
                    flaw.reason(),
                    flaw.message()));
        }
        d.verdict(c.from(), c.update().planId(), c.update().round(), false, flaw.reason() + ": " + flaw.message());
    }

    private static void refused(Deciding d, AgentId from, Refusal refusal) {
        if (d.awaits(from, refusal.planId(), refusal.round())) {
            d.emit(new JobEvent.AgentRefused(
                    refusal.round(), from, refusal.planId(), refusal.reason(), refusal.message()));
            if (Verdicts.alarms(refusal.reason())) {
                String reason = from + ": " + refusal.message();
                d.stopOutstanding(reason);
                d.emit(new JobEvent.PrivacyAlarmed(reason));
            }
        }
    }

    private static void lost(Deciding d, JobCommand.LoseLease c) {
        for (Round round : d.state().rounds().values()) {
            if (d.awaits(c.agent(), c.planId(), round.number())) {
                d.emit(new JobEvent.AgentLost(round.number(), c.agent(), c.planId(), c.reason()));
                return;
            }
        }
    }

    private static void evaluated(Deciding d, AgentId from, Evaluation evaluation) {
        Round round = d.state().rounds().get(evaluation.round());
        EvaluationState open = round == null ? null : round.evaluation();
        boolean invited = open != null
                && open.isOpen()
                && from.equals(evaluation.agent())
                && open.agentOf(evaluation.planId()).equals(Optional.of(from))
                && !open.metrics().containsKey(from);
        if (invited) {
            d.emit(new JobEvent.MetricsReported(
                    evaluation.round(), from, evaluation.planId(), evaluation.metrics(), evaluation.bytesReceived()));
        }
    }

    private void drop(Deciding d, JobCommand.DropUpdate c) {
        Round round = d.state().rounds().get(c.round());
        if (round == null || round.phase() != RoundPhase.AGGREGATING) {
            return;
        }
        Attempt attempt = round.attempt();
        Optional<LateUpdates.Deferred> late = LateUpdates.of(d.state(), attempt).stream()
                .filter(each -> each.member().agent().equals(c.agent()))
                .findFirst();
        if (late.isPresent()) {
            d.withdraw(late.get(), "unreadable", c.message());
        } else if (attempt.accepted().contains(c.agent())) {
            d.withdraw(round, c.agent(), c.message());
        } else {
            return;
        }
        int left = counted(d.state(), attempt.accepted().size() - (late.isPresent() ? 0 : 1), attempt);
        if (left >= attempt.quorum(d.state().job())) {
            d.amend(round, c.agent());
        } else {
            abandon(d, round, left + " readable updates are left, below the quorum: " + c.message());
        }
    }

    /** How many updates make the quorum: in asynchronous training those that came late too. */
    private static int counted(JobState state, int accepted, Attempt attempt) {
        if (!state.job().cohort().late().isAsynchronous()) {
            return accepted;
        }
        return accepted
                + (attempt.isOpen()
                        ? Closing.lateBeside(state, attempt)
                        : LateUpdates.of(state, attempt).size());
    }

    private void abandon(Deciding d, Round round, String reason) {
        d.abandon(round, reason);
        int attempts = round.attempt().number();
        if (attempts >= maxAttempts && !Verdicts.budgetExhausted(d.state())) {
            d.fail("round " + round.number() + " was abandoned " + attempts + " times; the last time " + reason);
        }
    }

    /** Closes what is to be closed at this moment: the round, evaluations, the job. */
    private void settle(Deciding d) {
        d.state().lastRound().filter(r -> r.phase() == RoundPhase.TRAINING).ifPresent(r -> closeRound(d, r));
        if (d.state().status().isFinal()) {
            return;
        }
        for (Round round : d.state().rounds().values()) {
            EvaluationState evaluation = round.evaluation();
            if (evaluation != null && evaluation.isOpen()) {
                closeEvaluation(d, round.number(), evaluation);
            }
        }
        boolean allPublished = d.state()
                .latest()
                .filter(s -> s.version() == d.state().job().rounds())
                .isPresent();
        boolean idle = d.state()
                .lastRound()
                .filter(r -> r.phase() == RoundPhase.PUBLISHED)
                .isPresent();
        boolean enough = allPublished || (idle && BestRound.outOfPatience(d.state()));
        if (enough && BestRound.allMeasured(d.state())) {
            d.stopOutstanding("the job is complete");
            d.emit(new JobEvent.JobCompleted(BestRound.resultOf(d.state())));
        } else if (Verdicts.budgetExhausted(d.state()) && BestRound.allMeasured(d.state())) {
            String reason = d.state().lastRound().orElseThrow().attempt().cause();
            d.emit(new JobEvent.JobExhausted(BestRound.resultOf(d.state()), reason));
        }
    }

    private void closeRound(Deciding d, Round round) {
        Attempt attempt = round.attempt();
        int accepted = counted(d.state(), attempt.with(Answer.Kind.ACCEPTED).size(), attempt);
        int quorum = attempt.quorum(d.state().job());
        boolean past = !d.now().isBefore(attempt.deadline());
        String cause = Closing.allAnswered(d.state(), attempt)
                ? "all-answered"
                : past ? "deadline" : Closing.early(d.state(), attempt, d.now());
        if (cause.isEmpty()) {
            return;
        }
        if (accepted >= quorum) {
            d.close(round, cause);
            return;
        }
        String reason = accepted + " of the " + quorum + " updates that the quorum asks for were accepted"
                + (attempt.waiting().isEmpty() ? "" : " by the deadline") + Failures.describe(attempt);
        abandon(d, round, reason);
    }

    private static void closeEvaluation(Deciding d, int round, EvaluationState evaluation) {
        boolean past = !d.now().isBefore(evaluation.deadline());
        if (evaluation.waiting().isEmpty() || past) {
            for (AgentId agent : evaluation.waiting()) {
                d.cancel(agent, evaluation.plans().getOrDefault(agent, ""), "evaluation of round " + round + " closed");
            }
            d.emit(new JobEvent.EvaluationClosed(round, evaluation.waiting().isEmpty() ? "all-answered" : "deadline"));
        }
    }
}
