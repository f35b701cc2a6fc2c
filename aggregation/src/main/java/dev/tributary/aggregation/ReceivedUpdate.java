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
 * @param seconds that its training took by the agent's own clock, NaN if it told none
 */
public record ReceivedUpdate(
        AgentId agent, AdapterConfig config, long examples, double weight, TensorSource tensors, double seconds) {

    /** Of an agent that told no time. */
    public ReceivedUpdate(AgentId agent, AdapterConfig config, long examples, double weight, TensorSource tensors) {
        this(agent, config, examples, weight, tensors, Double.NaN);
    }
}
