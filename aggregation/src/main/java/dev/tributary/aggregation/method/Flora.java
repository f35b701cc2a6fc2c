package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Selection;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.FactorStack;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.TensorTerms.Send;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FLoRA: the stack of all agents' factors is folded into the base whole, then every agent begins a fresh adapter of its own
 * rank, drawn from its plan's seed. With option {@code warm-start} they go on from the leading part instead, as in {@link
 * FedMomentum}.
 */
public final class Flora implements UpdateMethod {

    private static final MethodOption WARM_START = MethodOption.choice(
            "warm-start",
            List.of("false", "true"),
            "go on from the leading part of the stack and fold only the rest, as fedmomentum does");

    private static final FedMomentum WARM = new FedMomentum();

    private static final MethodCard CARD = MethodCard.named("flora", "FLoRA")
            .paper("Wang et al. 2024, arXiv 2409.05976")
            .equation("W0 ← W0 + [s₁B₁ | … | s_KB_K]·[w₁A₁; …; w_KA_K]; A drawn anew, B ← 0")
            .provenance("read in the authors' code")
            .exact()
            .foldsBase()
            .heterogeneousRanks()
            .adapters(AdapterNeeds.FRESH_PRODUCTS)
            .bytes("b·Σ rᵢ(in+out)", "b·Σ (Σᵢrᵢ)(in+out)")
            .options(WARM_START)
            .notes("Without warm-start each round begins again at B = 0, which costs accuracy when rounds are short.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        if (isWarm(job)) {
            WARM.initial(job, model, next);
            return;
        }
        new InitialState(job, model).write(next, Set.of(TensorRole.LORA_A, TensorRole.LORA_B));
    }

    private static boolean isWarm(Job job) {
        return WARM_START.is(job, "true");
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        if (isWarm(job)) {
            return WARM.plans(state, job, cohort);
        }
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            Terms terms = Terms.withHead(job).drawn(TensorRole.LORA_A).drawn(TensorRole.LORA_B);
            plans.put(agent.id(), terms.terms(Ranks.nested(state, agent)));
        }
        return plans;
    }

    @Override
    public Send sends(Job job, TensorRole role) {
        return isWarm(job) || Parts.isHead(role) ? UpdateMethod.super.sends(job, role) : Send.VALUE;
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Nested.own(state, config);
    }

    @Override
    public SortedMap<String, Integer> foldRanks(GlobalState state, Job job, Collection<AgentTerms> cohort) {
        if (isWarm(job)) {
            return WARM.foldRanks(state, job, cohort);
        }
        SortedMap<String, Integer> ranks = new TreeMap<>();
        Modules.with(state.tensors().layout(), TensorRole.LORA_B)
                .forEach(module -> ranks.put(module, FactorStack.rank(cohort, module)));
        return ranks;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        if (isWarm(job)) {
            WARM.after(state, job, updates, next);
            return;
        }
        FactorStack stack = new FactorStack(updates);
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
            ranks.put(module, stack.rank(module));
        }
        try (SafetensorsWriter fold = next.fold(Modules.folds(state.tensors().layout(), ranks))) {
            for (String module : ranks.keySet()) {
                int out =
                        state.tensors().layout().get(Modules.b(module)).shape().get(0);
                stack.write(module, out, fold);
            }
        }
        next.keepPart(InitialState.FROZEN);
        Parts.writeMeans(state, Parts.heads(state, updates), next, InitialState.ADAPTER, Parts::isHead);
    }
}
