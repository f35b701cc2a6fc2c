package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of a job. */
public sealed interface JobCommand {

    /** A global state was computed, stored and published. */
    record RecordState(JobEvent.StatePublished published) implements JobCommand {}

    /**
     * Open an attempt at a round with these members and their plans, in the same order.
     *
     * @param wanted how many updates are waited for
     */
    record OpenRound(int round, int attempt, Instant deadline, List<Member> members, List<Plan.Train> plans, int wanted)
            implements JobCommand {}

    /** Measure a published round on these agents; with none, the evaluation closes at once. */
    record OpenEvaluation(int round, Instant deadline, List<Invitation> agents, List<Plan.Evaluate> plans)
            implements JobCommand {}

    /**
     * An update came in.
     *
     * @param from the agent whose signed message it is
     * @param flaw what the check of its content found; null if nothing is wrong or it was not looked at
     */
    record ReceiveUpdate(
            AgentId from, Update update, @Nullable Flaw flaw, long wireBytes) implements JobCommand {}

    record ReceiveRefusal(AgentId from, Refusal refusal) implements JobCommand {}

    record ReceiveEvaluation(AgentId from, Evaluation evaluation) implements JobCommand {}

    /** An agent fell silent. */
    record LoseLease(AgentId agent, String planId, String reason) implements JobCommand {}

    /** An accepted update could not be read while aggregating: go on without it if the quorum still holds. */
    record DropUpdate(int round, AgentId agent, String message) implements JobCommand {}

    /** The round under way would pass the coordinator's privacy budget: end with the last published state. */
    record EndBudget(String reason) implements JobCommand {}

    /** Time has passed: look at the deadlines. */
    record Tick() implements JobCommand {}

    record Cancel(String reason) implements JobCommand {}

    /** Finish what is under way, open no further round; no effect unless the job runs. */
    record Pause(String reason) implements JobCommand {}

    /** No effect unless the job is paused. */
    record Resume() implements JobCommand {}

    /** Run again from the last published state; no effect unless the job failed or was cancelled. */
    record Retry() implements JobCommand {}

    record Fail(String reason) implements JobCommand {}
}
