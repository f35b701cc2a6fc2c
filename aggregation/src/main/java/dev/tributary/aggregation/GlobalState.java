package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.plan.StateRef;

/**
 * The global state, open for reading.
 *
 * @param config the global adapter's configuration
 * @param tensors the tensors of all parts together
 */
public record GlobalState(StateRef ref, AdapterConfig config, TensorSource tensors) {}
