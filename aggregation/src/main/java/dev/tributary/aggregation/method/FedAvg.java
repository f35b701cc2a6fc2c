package dev.tributary.aggregation.method;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
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

/** FedAvg on both LoRA factors (FedIT): Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ. */
public final class FedAvg implements SumMethod {

    private static final MethodCard CARD = new MethodCard(
            "fedavg",
            "FedAvg on LoRA factors (FedIT)",
            "McMahan et al. 2017, arXiv 1602.05629; Zhang et al. 2024, arXiv 2305.05644",
            "Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ",
            "read in the authors' code",
            false,
            false,
            false,
            false,
            List.of("lora", "rslora"),
            "b·Σ r(in+out)",
            "b·Σ r(in+out)");

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
        new InitialState(job, model).write(next, Set.of());
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return Terms.withHead(job)
                .shared(TensorRole.LORA_A)
                .shared(TensorRole.LORA_B)
                .forAll(cohort);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        writeMeans(sums, next);
    }

    /** Publishes the mean of everything that was sent as the part {@code adapter}. */
    static void writeMeans(Sums sums, NextState next) {
        Layout layout = Fp32.layout(sums.layout());
        try (SafetensorsWriter writer = next.part(InitialState.ADAPTER, layout)) {
            for (String tensor : layout.names()) {
                writer.write(tensor, Sums.roundedMean(sums, tensor));
            }
        }
    }
}
