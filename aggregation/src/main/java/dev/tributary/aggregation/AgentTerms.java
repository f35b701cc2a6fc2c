package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.util.List;

/** A method's part of one agent's plan; the rest (job, model, deadline, seed) is the coordinator's. */
public record AgentTerms(AdapterConfig adapter, List<TensorTerms> tensors, List<Plan.Operation> operations) {
    public AgentTerms {
        tensors = List.copyOf(tensors);
        operations = List.copyOf(operations);
    }
}
