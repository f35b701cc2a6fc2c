package dev.tributary.plan;

/**
 * What an agent is doing at this moment; ephemeral, never logged.
 *
 * @param done work units done, of {@code total} (batches, or bytes while moving a blob); total 0 = unknown
 */
public record Progress(String planId, JobId job, int round, AgentId agent, Phase phase, long done, long total) {

    /** In the order of one plan. */
    public enum Phase {
        WAITING,
        FETCHING,
        TRAINING,
        EVALUATING,
        UPLOADING,
        IDLE
    }
}
