package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.Selection;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Fed-PLoRA: the adapter is r modules of rank 1; an agent trains a random subset and folds the others into its local
 * frozen base for the round. Each rank is averaged over the agents that trained it.
 */
public final class FedPLora implements SumMethod {

    private static final MethodCard CARD = MethodCard.named("fed-plora", "Fed-PLoRA")
            .paper("2026, arXiv 2602.16936")
            .equation("agent: W0 + s·Σ_{j∉I} bⱼaⱼ + s·B_I·A_I; server: each rank's mean over those that trained it")
            .provenance("reconstructed from a summary of the paper")
            .heterogeneousRanks()
            .serverOptimizer()
            .adapters(AdapterNeeds.PRODUCTS)
            .secureAggregation(SecureAggregation.PADDED)
            .bytes("b·Σ rᵢ(in+out)", "b·Σ r(in+out)")
            .options(SubMatrix.SKETCH_RANK)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, Set.of());
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return SubMatrix.plans(
                state, job, cohort, AgentOperations.FOLD, (whole, ranks) -> whole.reshaped(ranks, whole::scalingOf));
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return SubMatrix.selection(state, job, agent, config, Selection.Fill.ABSENT, false);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> true);
    }
}
