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
import dev.tributary.aggregation.engine.ExactResidual;
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.WeightedSums;
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
 * FedEx-LoRA: factors are averaged, and what the mean of factors misses of the mean of products is folded into the
 * frozen base, as low-rank factors. Option {@code residual-rank}: keep only the best approximation of that rank of the
 * residual, 0 (the default) for all of it.
 */
public final class FedEx implements UpdateMethod {

    private static final MethodOption RESIDUAL_RANK = MethodOption.integer(
            "residual-rank",
            0,
            1 << 16,
            "0",
            "keep the best approximation of this rank of the residual; 0 for all of it");

    private static final MethodCard CARD = MethodCard.named("fedex", "FedEx-LoRA")
            .paper("Singhal et al. 2025, arXiv 2410.09432")
            .equation("Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ, W0 ← W0 + s(Σ wᵢBᵢAᵢ − B̄Ā)")
            .provenance("read in the authors' code; the fold as factors of rank (K−1)r and unequal ranks are ours")
            .exact()
            .foldsBase()
            .heterogeneousRanks()
            .adapters(AdapterNeeds.PRODUCTS)
            .bytes("b·Σ r(in+out)", "b·Σ K·r(in+out)")
            .options(RESIDUAL_RANK)
            .notes("Exact with residual-rank 0; truncated, the tail of the residual is reported as aggregation error.")
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
        return Nested.padded(state, config);
    }

    @Override
    public SortedMap<String, Integer> foldRanks(GlobalState state, Job job, Collection<AgentTerms> cohort) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        Layout layout = state.tensors().layout();
        for (String module : Modules.with(layout, TensorRole.LORA_B)) {
            int exact = ExactResidual.rank(cohort.size(), state.config().rankOf(module));
            if (exact > 0) {
                ranks.put(module, foldRank(exact, RESIDUAL_RANK.integerOf(job, 0), layout, module));
            }
        }
        return ranks;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        WeightedSums sums = new WeightedSums(state.config(), updates);
        ExactResidual residual = new ExactResidual(state.config(), updates);
        int limit = RESIDUAL_RANK.integerOf(job, 0);
        Layout layout = state.tensors().layout();
        List<String> modules = Modules.with(layout, TensorRole.LORA_B).stream()
                .filter(module -> !residual.isZero(module))
                .toList();
        if (modules.isEmpty()) {
            Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> true);
            return;
        }
        SortedMap<String, Integer> ranks = new TreeMap<>();
        modules.forEach(module -> ranks.put(module, foldRank(residual.rank(module), limit, layout, module)));
        try (SafetensorsWriter fold = next.fold(Modules.folds(layout, ranks))) {
            Parts.writeModules(state, sums, next, (module, adapter) -> {
                if (!modules.contains(module)) {
                    return List.of();
                }
                float[] meanB = Means.rounded(sums, state.tensors(), Modules.b(module));
                adapter.write(Modules.b(module), meanB);
                writeFold(residual, module, meanB, fold, limit);
                return List.of(Modules.b(module));
            });
        }
    }

    private static void writeFold(
            ExactResidual residual, String module, float[] meanB, SafetensorsWriter fold, int limit) {
        if (limit == 0 || limit >= residual.rank(module)) {
            residual.write(module, meanB, fold);
            return;
        }
        FactoredSvd svd = residual.decompose(module, meanB);
        int rank = Math.min(limit, svd.sigma().length);
        fold.write(Modules.p(module), svd.leftScaled(rank).toFloats());
        fold.write(Modules.q(module), svd.right(rank).toFloats());
    }

    private static int foldRank(int exact, int limit, Layout adapter, String module) {
        int out = adapter.get(Modules.b(module)).shape().get(0);
        int in = adapter.get(Modules.a(module)).shape().get(1);
        return limit == 0 || limit >= exact ? exact : Math.min(limit, Math.min(out, in));
    }
}
