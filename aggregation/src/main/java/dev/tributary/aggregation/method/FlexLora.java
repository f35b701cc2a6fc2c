package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Selection;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.FactorStack;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * FlexLoRA: the mean of products is decomposed, UΣVᵀ = s·Σ wᵢBᵢAᵢ, and becomes the adapter B = UΣ/s, A = Vᵀ cut to the
 * global rank; an agent of rank ρ gets its first ρ components. What lies beyond the global rank is lost.
 */
public final class FlexLora implements UpdateMethod {

    private static final MethodCard CARD = MethodCard.named("flexlora", "FlexLoRA")
            .paper("Bai et al. 2024, arXiv 2402.11505")
            .equation("UΣVᵀ = s·Σ wᵢBᵢAᵢ; B ← U_rΣ_r/s, A ← V_rᵀ")
            .provenance("read in the authors' code; the SVD of factors instead of the dense matrix is ours")
            .heterogeneousRanks()
            .adapters(AdapterNeeds.PRODUCTS)
            .bytes("b·Σ rᵢ(in+out)", "b·Σ r(in+out)")
            .notes("Exact up to the truncation, whose tail is reported as aggregation error. Agents of smaller rank"
                    + " receive the global adapter and cut it themselves.")
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
        return Nested.plans(state, cohort, () -> FedAvg.factors(job));
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Nested.own(state, config);
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        FactorStack stack = new FactorStack(updates);
        Parts.writeModules(
                state,
                Parts.heads(state, updates),
                next,
                (module, adapter) -> Refactored.write(state, job, module, stack.decompose(module), false, adapter));
    }
}
