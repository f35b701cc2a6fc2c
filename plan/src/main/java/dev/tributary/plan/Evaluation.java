package dev.tributary.plan;

/**
 * An agent's answer to a {@link Plan.Evaluate}.
 *
 * @param round whose aggregated adapter was measured
 * @param bytesReceived bytes fetched for this plan
 */
public record Evaluation(
        String planId, JobId job, int round, int attempt, AgentId agent, Metrics metrics, long bytesReceived) {}
