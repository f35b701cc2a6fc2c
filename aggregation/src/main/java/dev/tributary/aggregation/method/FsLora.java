package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
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
 * FSLoRA: each round an agent trains a random sub-matrix of k of the r ranks, with scaling s·r/k, so that its forward pass
 * is an unbiased sketch of the full adapter; changes are scattered back to the same ranks of A and B. The sets follow from
 * job seed, round and agent, and are never sent.
 */
public final class FsLora implements SumMethod {

    private static final MethodCard CARD = MethodCard.named("fslora", "FSLoRA")
            .paper("Fang et al. 2025, arXiv 2501.19389")
            .equation("agent: W0 + (s·r/k)·B_I·A_I; server: B ← B + Σ wᵢ·scatter(ΔBᵢ), A likewise")
            .provenance(
                    "from the paper's method; in the authors' code the sketch never runs. Weights by examples are ours")
            .heterogeneousRanks()
            .serverOptimizer()
            .adapters(AdapterNeeds.FRESH_PRODUCTS)
            .secureAggregation(SecureAggregation.PADDED)
            .bytes("b·Σ kᵢ(in+out)", "b·Σ r(in+out)")
            .options(SubMatrix.SKETCH_RANK)
            .notes(
                    "The paper's agents receive their slice alone; here the whole adapter is one blob for all, and agents cut"
                            + " their slice out of it.")
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
        return SubMatrix.plans(state, job, cohort, AgentOperations.DROP, SubMatrix::sketched);
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return SubMatrix.selection(state, job, agent, config, Selection.Fill.KEEP, true);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> role != TensorRole.LORA_R);
    }
}
