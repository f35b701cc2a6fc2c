package dev.tributary.aggregation.method;

import dev.tributary.adapter.SafetensorsWriter;
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
import dev.tributary.aggregation.engine.BasisCompletion;
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * FedSVD: as FFA-LoRA, agents train B alone; after each round B̄A = UΣVᵀ is refactored into B = UΣ, A = Vᵀ, which changes
 * nothing but gives A orthonormal rows along the learned directions. Directions that carry nothing are completed from
 * the A before.
 */
public final class FedSvd implements SumMethod {

    private static final MethodOption PERIOD =
            MethodOption.integer("svd-period", 1, 1000, "1", "refactor after every so many rounds");

    private static final MethodCard CARD = MethodCard.named("fedsvd", "FedSVD")
            .paper("Lee et al. 2025, arXiv 2505.12805")
            .equation("B̄ = Σ wᵢBᵢ; UΣVᵀ = B̄A; B ← UΣ, A ← Vᵀ")
            .provenance("read in the authors' code; the completion of a deficient basis is ours")
            .exact()
            .adapters(AdapterNeeds.REFACTORED)
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r·out", "b·Σ r(in+out)")
            .options(PERIOD)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
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
    public Set<TensorRole> rewrites(GlobalState state, Job job) {
        return refactors(state, job) ? Set.of(TensorRole.LORA_A) : Set.of();
    }

    private static boolean refactors(GlobalState state, Job job) {
        return (state.ref().version() + 1) % PERIOD.integerOf(job, 1) == 0;
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        if (!refactors(state, job)) {
            next.keepPart(InitialState.FROZEN);
            Parts.writeMeans(state, sums, next, InitialState.ADAPTER, role -> role != TensorRole.LORA_A);
            return;
        }
        List<String> bases = Parts.names(state, role -> role == TensorRole.LORA_A);
        List<String> others = Parts.names(state, role -> role != TensorRole.LORA_A);
        try (SafetensorsWriter adapter = next.part(InitialState.ADAPTER, Means.layout(state.tensors(), others));
                SafetensorsWriter basis = next.part(InitialState.FROZEN, Means.layout(state.tensors(), bases))) {
            for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
                refactor(state, job, sums, module, adapter, basis);
            }
            Means.write(sums, state.tensors(), Parts.names(state, Parts::isHead), adapter);
        }
    }

    private static void refactor(
            GlobalState state, Job job, Sums sums, String module, SafetensorsWriter adapter, SafetensorsWriter basis) {
        Matrix b = Means.matrix(sums, state.tensors(), Modules.b(module));
        Matrix a = Matrix.read(state.tensors(), Modules.a(module), 1);
        FactoredSvd svd = FactoredSvd.of(b, a);
        int rank = a.rows();
        int found = Math.min(rank, svd.numericalRank());
        SeededTensors random =
                new SeededTensors(job.seed(), "completion:" + state.ref().version() + ":" + module);
        Matrix left = Matrix.zeros(b.rows(), rank);
        if (found > 0) {
            left = Matrix.beside(List.of(svd.leftScaled(found), Matrix.zeros(b.rows(), rank - found)));
        }
        adapter.write(Modules.b(module), left.toFloats());
        basis.write(
                Modules.a(module),
                BasisCompletion.complete(svd.right(found), a, rank, random).toFloats());
    }
}
