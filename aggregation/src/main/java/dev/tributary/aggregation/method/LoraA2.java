package dev.tributary.aggregation.method;

import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * LoRA-A²: factors alternate as in {@link RoLora}, and an agent sends only its most important ranks: those with the largest
 * change of the product, over all modules together. The others are sent as unchanged.
 */
public final class LoraA2 implements SumMethod {

    private static final RoLora ALTERNATING = new RoLora();

    private static final MethodOption KEPT = MethodOption.number(
            "kept-share", 1e-6, 1, 0.5, "share of all ranks of all modules whose change an agent sends");

    private static final MethodCard CARD = MethodCard.named("lora-a2", "LoRA-A²")
            .paper("Koo et al. 2024, arXiv 2410.22815")
            .equation("odd rounds: B̄ = B + Σ wᵢ·mask(ΔBᵢ), A fixed; even rounds: Ā = A + Σ wᵢ·mask(ΔAᵢ), B fixed")
            .provenance(
                    "from the paper; ranks are chosen by the change of the whole round instead of a probing epoch before"
                            + " it, which is ours")
            .exact()
            .serverOptimizer()
            .adapters(AdapterNeeds.FACTORS)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r·out or b·Σ r·in", "b·Σ r·out or b·Σ r·in")
            .options(KEPT)
            .notes(
                    "Changes that are left out are sent as zeros: which ranks an agent chose depends on its data and stays"
                            + " hidden under secure aggregation, but no bytes are saved.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        ALTERNATING.initial(job, model, next);
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        int ranks = Modules.with(state.tensors().layout(), TensorRole.LORA_B).stream()
                .mapToInt(state.config()::rankOf)
                .sum();
        int budget = Math.max(1, (int) Math.round(KEPT.numberOf(job) * ranks));
        Plan.Operation operation = new Plan.Operation(
                AgentOperations.KEEP_LARGEST_RANKS,
                new TreeMap<>(Map.of(
                        AgentOperations.FACTOR,
                        RoLora.trainsA(state) ? "a" : "b",
                        AgentOperations.BUDGET,
                        Integer.toString(budget))));
        SortedMap<AgentId, AgentTerms> plans = ALTERNATING.plans(state, job, cohort);
        plans.replaceAll((agent, terms) -> new AgentTerms(terms.adapter(), terms.tensors(), List.of(operation)));
        return plans;
    }

    @Override
    public SortedMap<String, String> rememberedAfter(GlobalState state) {
        return ALTERNATING.rememberedAfter(state);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        ALTERNATING.after(state, job, sums, next);
    }
}
