package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.plan.AgentId;

/**
 * One accepted update, open for reading.
 *
 * @param config the adapter configuration of the agent's plan: its rank, alpha and so its scaling
 * @param examples training examples behind it
 * @param weight examples over the examples of all accepted updates
 */
public record ReceivedUpdate(AgentId agent, AdapterConfig config, long examples, double weight, TensorSource tensors) {}
