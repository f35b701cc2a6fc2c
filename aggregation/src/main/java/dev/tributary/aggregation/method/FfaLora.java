package dev.tributary.aggregation.method;

import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** FFA-LoRA: A is drawn once and frozen, only B is trained, sent and averaged; so the mean of products is exact. */
public final class FfaLora implements SumMethod {

    private static final MethodCard CARD = new MethodCard(
            "ffa",
            "FFA-LoRA",
            "Sun et al. 2024, arXiv 2403.12313",
            "A fixed, B̄ = Σ wᵢBᵢ",
            "from the paper's abstract, and read in others' code",
            true,
            false,
            false,
            false,
            List.of("lora", "rslora"),
            "b·Σ r·out",
            "b·Σ r·out, and b·Σ r·in once");

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public List<Problem> check(Job job, ModelDescriptor model) {
        return Checks.of(job, model, CARD, Set.of()).problems();
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, Set.of(TensorRole.LORA_A));
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return Terms.withHead(job)
                .frozen(TensorRole.LORA_A)
                .shared(TensorRole.LORA_B)
                .forAll(cohort);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        next.keepPart(InitialState.FROZEN);
        FedAvg.writeMeans(sums, next);
    }
}
