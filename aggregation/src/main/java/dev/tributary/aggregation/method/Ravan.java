package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
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
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * RAVAN: ΔW = s·Σ_h B_h·H_h·A_h over several heads with frozen orthonormal bases; only the small H_h are trained, sent and
 * averaged. For h heads and rank r a module has r²/h trained values and rank r.
 */
public final class Ravan implements SumMethod {

    private static final MethodOption HEADS =
            MethodOption.integer("heads", 1, 1 << 10, "4", "heads of a module; must divide the rank");

    private static final MethodCard CARD = MethodCard.named("ravan", "RAVAN")
            .paper("2025, arXiv 2506.05568")
            .equation("A_h, B_h fixed, H̄_h = Σ wᵢH_{h,i}")
            .provenance("from a summary of the paper, and read in others' code. Every agent trains all heads, and their"
                    + " trained scale factors, which agents multiply into H before sending, are left out: both ours")
            .exact()
            .adapters(AdapterNeeds.HEADS)
            .serverOptimizer()
            .controlVariates()
            .lateUpdates()
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r²/h", "b·Σ r²/h, and b·Σ r(in+out) once")
            .options(HEADS)
            .notes("Wants a much larger rank than LoRA. Bases are drawn, so nothing of the data is in them.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public AdapterConfig adapter(Job job) {
        return job.adapter().withType("ravan");
    }

    @Override
    public List<Problem> check(Job job, ModelDescriptor model) {
        List<Problem> problems = new ArrayList<>(SumMethod.super.check(job, model));
        if (problems.isEmpty()) {
            int heads = HEADS.integerOf(job, 4);
            model.select(job.adapter().targetModules()).stream()
                    .filter(module -> job.adapter().rankOf(module) % heads != 0)
                    .findFirst()
                    .ifPresent(module -> problems.add(new Problem(
                            "aggregation.heads",
                            0,
                            heads + " heads do not divide the rank "
                                    + job.adapter().rankOf(module) + " of " + module,
                            "Use a rank that is a multiple of " + heads + ", or other heads")));
        }
        return problems;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        FrozenPair.initial(
                job, model, next, TensorRole.LORA_H, rank -> rank / HEADS.integerOf(job, 4), info -> Optional.empty());
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        AgentTerms all = Terms.withHead(job)
                .frozen(TensorRole.LORA_A)
                .frozen(TensorRole.LORA_B)
                .shared(TensorRole.LORA_H)
                .terms(adapter(job));
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        cohort.forEach(agent -> plans.put(agent.id(), all));
        return plans;
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        FrozenPair.after(state, sums, next);
    }
}
