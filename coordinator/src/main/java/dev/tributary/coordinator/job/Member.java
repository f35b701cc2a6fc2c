package dev.tributary.coordinator.job;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.AgentId;

/**
 * One agent's place in an attempt at a round.
 *
 * @param planId of the training plan it was sent
 * @param adapter configuration it trains with
 * @param layoutHash hash of the tensor layout its update must have
 */
public record Member(AgentId agent, String planId, AdapterConfig adapter, String layoutHash) {}
