package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.MethodOption;
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
import java.util.TreeMap;

/**
 * FSLoRA: each round an agent trains a random sub-matrix of k of the r ranks, with scaling s·r/k, so that its forward pass
 * is an unbiased sketch of the full adapter; changes are scattered back to the same ranks of A and B. The sets follow from
 * job seed, round and agent, and are never sent.
 */
public final class FsLora implements SumMethod {

    static final MethodOption SKETCH_RANK = MethodOption.integer(
            "sketch-rank",
            1,
            1 << 16,
            "",
            "ranks that an agent trains in a round, at most what it allows; half the rank" + " if left out");

    private static final MethodCard CARD = MethodCard.named("fslora", "FSLoRA")
            .paper("Fang et al. 2025, arXiv 2501.19389")
            .equation("agent: W0 + (s·r/k)·B_I·A_I; server: B ← B + Σ wᵢ·scatter(ΔBᵢ), A likewise")
            .provenance(
                    "from the paper's method; in the authors' code the sketch never runs. Weights by examples are ours")
            .heterogeneousRanks()
            .secureAggregation(SecureAggregation.PADDED)
            .bytes("b·Σ kᵢ(in+out)", "b·Σ r(in+out)")
            .options(SKETCH_RANK)
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
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            SortedMap<String, Integer> ranks = ranks(state, job, agent);
            Terms terms = FedAvg.factors(job);
            if (Ranks.full(state, ranks)) {
                plans.put(agent.id(), terms.terms(state.config()));
                continue;
            }
            AdapterConfig config = state.config()
                    .reshaped(
                            ranks,
                            module -> state.config().scalingOf(module)
                                    * state.config().rankOf(module)
                                    / ranks.getOrDefault(module, 1));
            terms.operation(
                    AgentOperations.SELECT_RANKS,
                    Ranks.randomParameters(Ranks.seed(state, job, agent.id()), AgentOperations.DROP));
            plans.put(agent.id(), terms.terms(config));
        }
        return plans;
    }

    /** The option, or half of each module's rank; at most what the agent allows. */
    static SortedMap<String, Integer> ranks(GlobalState state, Job job, AgentProfile agent) {
        SortedMap<String, Integer> ranks = Ranks.atMost(state, agent.maxRank());
        int wanted = SKETCH_RANK.integerOf(job, 0);
        ranks.replaceAll((module, most) -> {
            int full = state.config().rankOf(module);
            return Math.min(most, wanted > 0 ? Math.min(wanted, full) : (full + 1) / 2);
        });
        return ranks;
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Ranks.full(state, config)
                ? Optional.empty()
                : Optional.of(new Selection(Ranks.random(state, job, agent, config), Selection.Fill.KEEP, true));
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> role != TensorRole.LORA_R);
    }
}
