package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.util.List;
import java.util.Optional;

/**
 * A method's part of one agent's plan; the rest (job, model, deadline, seed) is the coordinator's.
 *
 * @param dataset that the plan works on in place of the job's
 */
public record AgentTerms(
        AdapterConfig adapter, List<TensorTerms> tensors, List<Plan.Operation> operations, Optional<String> dataset) {
    public AgentTerms {
        tensors = List.copyOf(tensors);
        operations = List.copyOf(operations);
    }

    public AgentTerms(AdapterConfig adapter, List<TensorTerms> tensors, List<Plan.Operation> operations) {
        this(adapter, tensors, operations, Optional.empty());
    }
}
