package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterKind;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * FedSA-LoRA: A is shared and averaged, each agent trains and keeps its own B. With VeRA, d is shared and b kept. There is
 * no global model: the published B stays zero, and is what a new agent begins with.
 */
public final class FedSa implements SumMethod {

    private static final MethodOption HEAD = MethodOption.choice(
            "head",
            List.of("kept", "shared"),
            "kept: each agent keeps its own classification head; shared: heads are averaged");

    private static final MethodCard CARD = MethodCard.named("fedsa", "FedSA-LoRA")
            .paper("Guo et al. 2025, arXiv 2410.01463")
            .equation("Ā = Σ wᵢAᵢ; agent i goes on with (Ā, own Bᵢ)")
            .provenance("read in the authors' code; which VeRA vector is shared is inferred")
            .personalState()
            .serverOptimizer()
            .controlVariates()
            .adapters(AdapterNeeds.TWO_SIDES)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r·in", "b·Σ r·in")
            .options(HEAD)
            .notes("Judged per agent, with its own B. The exported adapter has B = 0 and is a start for new agents.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, kept(job));
    }

    private static Set<TensorRole> kept(Job job) {
        AdapterKind kind = AdapterKind.of(job.adapter());
        Set<TensorRole> kept = EnumSet.of(kind.output());
        kept.addAll(kind.besides());
        if (HEAD.is(job, "kept")) {
            kept.addAll(List.of(TensorRole.WEIGHT, TensorRole.BIAS));
        }
        return kept;
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        AdapterKind kind = AdapterKind.of(job.adapter());
        Terms terms = Terms.of(job).shared(kind.input()).own(kind.output());
        kind.besides().forEach(terms::own);
        if (job.task().isClassification()) {
            terms = HEAD.is(job, "kept") ? terms.own(TensorRole.WEIGHT).own(TensorRole.BIAS) : terms.head();
        }
        return terms.forAll(cohort);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        next.keepPart(InitialState.FROZEN);
        Parts.writeMeans(
                state, sums, next, InitialState.ADAPTER, role -> !kept(job).contains(role));
    }
}
