package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
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
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * FFA-LoRA: A is drawn once and frozen, only B is trained, sent and averaged; so the mean of products is exact. With VeRA,
 * d is frozen and b trained.
 */
public final class FfaLora implements SumMethod {

    private static final MethodCard CARD = MethodCard.named("ffa", "FFA-LoRA")
            .paper("Sun et al. 2024, arXiv 2403.12313")
            .equation("A fixed, B̄ = Σ wᵢBᵢ")
            .provenance("from the paper's abstract, and read in others' code; unequal ranks (nested, padded) are ours")
            .exact()
            .heterogeneousRanks()
            .serverOptimizer()
            .controlVariates()
            .lateUpdates()
            .adapters(AdapterNeeds.OUTPUT_SIDE)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r·out", "b·Σ r·out, and b·Σ r·in once")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, Set.of(input(job)));
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return Nested.plans(
                state,
                cohort,
                () -> Terms.withHead(job)
                        .frozen(input(job))
                        .shared(AdapterKind.of(job.adapter()).output()));
    }

    private static TensorRole input(Job job) {
        return AdapterKind.of(job.adapter()).input();
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        next.keepPart(InitialState.FROZEN);
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> role != input(job));
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Nested.padded(state, config);
    }
}
