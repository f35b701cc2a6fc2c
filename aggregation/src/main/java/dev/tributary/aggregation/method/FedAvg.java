package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorRole;
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
import java.util.Set;
import java.util.SortedMap;

/** FedAvg on both LoRA factors (FedIT): Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ. */
public final class FedAvg implements SumMethod {

    private static final MethodCard CARD = MethodCard.named("fedavg", "FedAvg on LoRA factors (FedIT)")
            .paper("McMahan et al. 2017, arXiv 1602.05629; Zhang et al. 2024, arXiv 2305.05644")
            .equation("Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ")
            .provenance("read in the authors' code")
            .serverOptimizer()
            .controlVariates()
            .lateUpdates()
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r(in+out)", "b·Σ r(in+out)")
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
        return factors(job).forAll(cohort);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> true);
    }

    /** Both tensors of the adapter as far as it trains them, and the head, received, trained and sent. */
    static Terms factors(Job job) {
        AdapterKind kind = AdapterKind.of(job.adapter());
        Terms terms = Terms.withHead(job);
        for (TensorRole side : List.of(kind.input(), kind.output())) {
            terms = kind.trains(side) ? terms.shared(side) : terms.frozen(side);
        }
        return terms;
    }
}
