package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.StateRef;

/**
 * The global state, open for reading.
 *
 * @param config the global adapter's configuration
 * @param tensors the model's tensors, of all its parts together
 * @param memory the tensors of the parts that are none of the model: what a rule remembers between rounds
 */
public record GlobalState(StateRef ref, AdapterConfig config, TensorSource tensors, TensorSource memory) {

    /** A state of which the coordinator remembers nothing beside the model. */
    public GlobalState(StateRef ref, AdapterConfig config, TensorSource tensors) {
        this(ref, config, tensors, Tensors.builder().build());
    }
}
