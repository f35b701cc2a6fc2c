package dev.tributary.aggregation.method;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.ExactResidual;
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.WeightedSums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * FedEx-LoRA: factors are averaged, and what the mean of factors misses of the mean of products is folded into the
 * frozen base, as low-rank factors. Option {@code residual-rank}: keep only the best approximation of that rank of the
 * residual, 0 (the default) for all of it.
 */
public final class FedEx implements UpdateMethod {

    private static final String RESIDUAL_RANK = "residual-rank";

    private static final MethodCard CARD = new MethodCard(
            "fedex",
            "FedEx-LoRA",
            "Singhal et al. 2025, arXiv 2410.09432",
            "Ā = Σ wᵢAᵢ, B̄ = Σ wᵢBᵢ, W0 ← W0 + s(Σ wᵢBᵢAᵢ − B̄Ā)",
            "read in the authors' code; the fold as factors of rank (K−1)r is ours",
            true,
            true,
            false,
            false,
            List.of("lora", "rslora"),
            "b·Σ r(in+out)",
            "b·Σ K·r(in+out)");

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public List<Problem> check(Job job, ModelDescriptor model) {
        Checks checks = Checks.of(job, model, CARD, Set.of(RESIDUAL_RANK));
        return Options.requireInteger(checks, job, RESIDUAL_RANK, 0, 1 << 20).problems();
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
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        WeightedSums sums = new WeightedSums(state.config(), updates);
        ExactResidual residual = new ExactResidual(state.config(), updates);
        int limit = Options.integer(job, RESIDUAL_RANK, 0);
        Layout layout = Fp32.layout(sums.layout());
        List<String> modules = Modules.with(layout, TensorRole.LORA_B).stream()
                .filter(module -> !residual.isZero(module))
                .toList();
        try (SafetensorsWriter adapter = next.part(InitialState.ADAPTER, layout)) {
            Set<String> done = new HashSet<>();
            if (!modules.isEmpty()) {
                try (SafetensorsWriter fold = next.fold(foldLayout(layout, modules, residual, limit))) {
                    for (String module : modules) {
                        float[] meanB = Sums.roundedMean(sums, Modules.b(module));
                        adapter.write(Modules.b(module), meanB);
                        done.add(Modules.b(module));
                        writeFold(residual, module, meanB, fold, limit);
                    }
                }
            }
            for (String tensor : layout.names()) {
                if (!done.contains(tensor)) {
                    adapter.write(tensor, Sums.roundedMean(sums, tensor));
                }
            }
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

    private static int foldRank(int exact, int limit, int out, int in) {
        return limit == 0 || limit >= exact ? exact : Math.min(limit, Math.min(out, in));
    }

    private static Layout foldLayout(Layout adapter, List<String> modules, ExactResidual residual, int limit) {
        List<TensorInfo> infos = new ArrayList<>();
        for (String module : modules) {
            int out = adapter.get(Modules.b(module)).shape().get(0);
            int in = adapter.get(Modules.a(module)).shape().get(1);
            int rank = foldRank(residual.rank(module), limit, out, in);
            infos.add(TensorInfo.f32(Modules.p(module), out, rank));
            infos.add(TensorInfo.f32(Modules.q(module), rank, in));
        }
        return Layout.of(infos);
    }
}
