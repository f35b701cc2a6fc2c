package dev.tributary.plan;

/**
 * An agent's answer to a plan that it will not or cannot carry out.
 *
 * @param reason short code in lower-case words: {@code model-mismatch, policy, unknown-dataset, training-failed, ...}
 * @param message for people: what was found and what to do
 */
public record Refusal(String planId, JobId job, int round, int attempt, AgentId agent, String reason, String message) {}
