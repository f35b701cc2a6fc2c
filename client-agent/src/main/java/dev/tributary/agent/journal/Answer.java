package dev.tributary.agent.journal;

import dev.tributary.plan.Evaluation;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An agent's final word on a plan, as its journal holds it. At most one of update, evaluation and refusal is there; none
 * where the plan was cancelled before there was an answer.
 */
public record Answer(
        String planId,
        JobId job,
        int round,
        Stage stage,
        @Nullable Update update,
        @Nullable Evaluation evaluation,
        @Nullable Refusal refusal) {

    /** How far the answer has come. */
    public enum Stage {
        /** On disk here; the coordinator may not have it. */
        SEALED,
        /** The broker has it. */
        SENT,
        /** The coordinator counted it. */
        ACCEPTED,
        /** The coordinator did not count it. */
        REJECTED,
        /** Nobody wants it any more. */
        CANCELLED;

        /** Whether nothing more will come of the plan. */
        public boolean isSettled() {
            return this == ACCEPTED || this == REJECTED || this == CANCELLED;
        }
    }

    public static Answer of(Update update) {
        return new Answer(update.planId(), update.job(), update.round(), Stage.SEALED, update, null, null);
    }

    public static Answer of(Evaluation evaluation) {
        return new Answer(
                evaluation.planId(), evaluation.job(), evaluation.round(), Stage.SEALED, null, evaluation, null);
    }

    public static Answer of(Refusal refusal) {
        return new Answer(refusal.planId(), refusal.job(), refusal.round(), Stage.SEALED, null, null, refusal);
    }

    public static Answer cancelled(Plan.Header plan) {
        return new Answer(plan.planId(), plan.job(), plan.round(), Stage.CANCELLED, null, null, null);
    }

    public Answer at(Stage next) {
        return new Answer(planId, job, round, next, update, evaluation, refusal);
    }

    /** What to send; empty for a cancelled plan. */
    public Optional<Message> message() {
        if (update != null) {
            return Optional.of(new Message.UpdateReady(update));
        }
        if (evaluation != null) {
            return Optional.of(new Message.EvaluationReady(evaluation));
        }
        return refusal == null ? Optional.empty() : Optional.of(new Message.PlanRefused(refusal));
    }
}
