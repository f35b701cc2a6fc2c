package dev.tributary.aggregation.method;

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
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * FedRot-LoRA: FedAvg, but agents rotate their factors towards the received ones before they send them. The product of an
 * agent does not change; the mean of factors comes closer to the mean of products.
 */
public final class FedRot implements SumMethod {

    private static final MethodOption SOFTNESS =
            MethodOption.number("softness", 0, 1, 0.5, "0 for no rotation, 1 for the whole of the aligning one");

    private static final MethodCard CARD = MethodCard.named("fedrot", "FedRot-LoRA")
            .paper("2026, arXiv 2602.23638")
            .equation("agent sends (RᵀAᵢ, BᵢR) with R the rotation nearest to the received factors; Ā, B̄ are means")
            .provenance("from a summary of the paper, and read in others' code")
            .serverOptimizer()
            .adapters(AdapterNeeds.FACTORS)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r(in+out)", "b·Σ r(in+out)")
            .options(SOFTNESS)
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
        Terms terms = FedAvg.factors(job);
        int version = state.ref().version();
        if (version > 0) { // in the first round B₀ is zero and all start alike
            terms.operation(
                    AgentOperations.ALIGN_TO_REFERENCE,
                    Map.of(
                            AgentOperations.FACTOR,
                            version % 2 == 1 ? "a" : "b",
                            AgentOperations.SOFTNESS,
                            SOFTNESS.of(job).orElse("0.5")));
        }
        return terms.forAll(cohort);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> true);
    }
}
