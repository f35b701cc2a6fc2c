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
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FedRand: in each round an agent takes one factor from the server and goes on with its own copy of the other; it trains
 * both and sends back only the one it took. Never both factors of one agent in one round.
 */
public final class FedRand implements SumMethod {

    private static final MethodOption SHARE_A =
            MethodOption.number("share-a", 0, 1, 0.5, "probability that an agent shares A in a round, and not B");

    private static final MethodCard CARD = MethodCard.named("fedrand", "FedRand")
            .paper("Park et al. 2025, arXiv 2503.07216")
            .equation("Ā = mean of Aᵢ over the agents that shared A this round; B̄ likewise over the others")
            .provenance(
                    "reconstructed from the abstract; that the coin is drawn by the coordinator, from job seed, round and"
                            + " agent, is ours (it sees which factor arrives in any case)")
            .personalState()
            .serverOptimizer()
            .adapters(AdapterNeeds.FACTORS)
            .secureAggregation(SecureAggregation.PADDED)
            .bytes("b·Σ r·in or b·Σ r·out", "b·Σ r(in+out)")
            .options(SHARE_A)
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
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            double coin =
                    new SeededTensors(job.seed(), "coin:" + state.ref().version() + ":" + agent.id()).nextUniform();
            boolean sharesA = coin < SHARE_A.numberOf(job);
            Terms terms = Terms.withHead(job);
            terms = sharesA
                    ? terms.sharedAndKept(TensorRole.LORA_A).own(TensorRole.LORA_B)
                    : terms.own(TensorRole.LORA_A).sharedAndKept(TensorRole.LORA_B);
            plans.put(agent.id(), terms.terms(job.adapter()));
        }
        return plans;
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> true);
    }
}
