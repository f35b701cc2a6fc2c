package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
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
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FedMomentum: UΣVᵀ = s·Σ wᵢBᵢAᵢ; the leading r components go on as the adapter, B = U√Σ/s, A = √ΣVᵀ, the others are
 * folded into the base. Lies between FlexLoRA, which drops them, and FLoRA, which folds everything.
 */
public final class FedMomentum implements UpdateMethod {

    private static final MethodOption ENERGY = MethodOption.number(
            "energy", 0, 1, 1, "share of the squared singular values to keep; the authors' code keeps 0.9999");

    private static final MethodCard CARD = MethodCard.named("fedmomentum", "FedMomentum")
            .paper("2026; as in FedLLM-Factory")
            .equation("UΣVᵀ = s·Σ wᵢBᵢAᵢ; B ← U_r√Σ_r/s, A ← √Σ_rV_rᵀ, W0 ← W0 + U_restΣ_restV_restᵀ")
            .provenance("read in others' code, whose fold lacks the scaling")
            .exact()
            .foldsBase()
            .heterogeneousRanks()
            .adapters(AdapterNeeds.PRODUCTS)
            .bytes("b·Σ rᵢ(in+out)", "b·Σ (Σᵢrᵢ)(in+out)")
            .options(ENERGY)
            .notes("Exact with energy 1.")
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
    public SortedMap<String, Integer> foldRanks(GlobalState state, Job job, Collection<AgentTerms> cohort) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        Layout layout = state.tensors().layout();
        for (String module : Modules.with(layout, TensorRole.LORA_B)) {
            int stacked = FactorStack.rank(cohort, module);
            int out = layout.get(Modules.b(module)).shape().get(0);
            int in = layout.get(Modules.a(module)).shape().get(1);
            int rest = Math.min(stacked, Math.min(out, in)) - state.config().rankOf(module);
            if (rest > 0) {
                ranks.put(module, rest);
            }
        }
        return ranks;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        FactorStack stack = new FactorStack(updates);
        double energy = ENERGY.numberOf(job);
        SortedMap<String, FactoredSvd> folded = new TreeMap<>();
        SortedMap<String, Integer> ranks = new TreeMap<>();
        Parts.writeModules(state, Parts.heads(state, updates), next, (module, adapter) -> {
            FactoredSvd svd = stack.decompose(module);
            int rest = effectiveRank(svd, energy) - state.config().rankOf(module);
            if (rest > 0) {
                folded.put(module, svd);
                ranks.put(module, rest);
            }
            return Refactored.write(state, job, module, svd, true, adapter);
        });
        if (!folded.isEmpty()) {
            try (SafetensorsWriter fold =
                    next.fold(Modules.folds(state.tensors().layout(), ranks))) {
                folded.forEach((module, svd) -> {
                    int from = state.config().rankOf(module);
                    int to = from + ranks.getOrDefault(module, 0);
                    fold.write(
                            Modules.p(module),
                            svd.leftScaled(to).columns(from, to).toFloats());
                    fold.write(Modules.q(module), svd.vt().rows(from, to).toFloats());
                });
            }
        }
    }

    /** Fewest components that hold the given share of the squared singular values. */
    private static int effectiveRank(FactoredSvd svd, double energy) {
        int all = svd.numericalRank();
        double total = svd.tail(0) * svd.tail(0);
        int rank = 0;
        while (rank < all && (energy >= 1 || svd.tail(rank) * svd.tail(rank) > (1 - energy) * total)) {
            rank++;
        }
        return rank;
    }
}
