package dev.tributary.aggregation.method;

import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * RoLoRA: rounds alternate between training B with A frozen and A with B frozen, so that the frozen factor is common and
 * the mean of products exact. Begins with B, since A has no gradient while B is zero. The phase is part of the state and
 * moves on with it: an abandoned round does not advance it.
 */
public final class RoLora implements SumMethod {

    private static final String PHASE = "phase";
    private static final String PART_A = "factor-a";
    private static final String PART_B = "factor-b";

    private static final MethodCard CARD = MethodCard.named("rolora", "RoLoRA")
            .paper("Chen et al. 2025, arXiv 2502.01755")
            .equation("odd rounds: B̄ = Σ wᵢBᵢ, A fixed; even rounds: Ā = Σ wᵢAᵢ, B fixed")
            .provenance("from the paper's abstract, and read in others' code")
            .exact()
            .serverOptimizer()
            .controlVariates()
            .adapters(AdapterNeeds.FACTORS)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r·out or b·Σ r·in", "b·Σ r·out or b·Σ r·in")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, RoLora::part);
        next.remember(PHASE, "b");
    }

    private static String part(TensorRole role) {
        return switch (role) {
            case LORA_A -> PART_A;
            case LORA_B -> PART_B;
            default -> InitialState.ADAPTER;
        };
    }

    static boolean trainsA(GlobalState state) {
        return "a".equals(state.ref().methodState().get(PHASE));
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        Terms terms = trainsA(state)
                ? Terms.withHead(job).shared(TensorRole.LORA_A).frozen(TensorRole.LORA_B)
                : Terms.withHead(job).frozen(TensorRole.LORA_A).shared(TensorRole.LORA_B);
        return terms.forAll(cohort);
    }

    @Override
    public SortedMap<String, String> rememberedAfter(GlobalState state) {
        return new TreeMap<>(Map.of(PHASE, trainsA(state) ? "b" : "a"));
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        TensorRole trained = trainsA(state) ? TensorRole.LORA_A : TensorRole.LORA_B;
        next.keepPart(trainsA(state) ? PART_B : PART_A);
        Parts.writeMeans(state, sums, next, part(trained), role -> role == trained);
        Parts.writeMeans(
                state, sums, next, InitialState.ADAPTER, role -> part(role).equals(InitialState.ADAPTER));
        rememberedAfter(state).forEach(next::remember);
    }
}
