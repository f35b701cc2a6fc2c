package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;

/** One agent's place in an evaluation: which plan it was sent. */
public record Invitation(AgentId agent, String planId) {}
