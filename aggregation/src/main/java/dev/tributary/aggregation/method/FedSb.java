package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.PublicStep;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fed-SB: ΔW = s·B·R·A with B and A drawn once, orthonormal and frozen; only the r × r core R is trained, sent and averaged,
 * so the mean of products is exact and traffic does not depend on the model's width.
 */
public final class FedSb implements SumMethod {

    private static final String PUBLIC_DATA = "public-data";

    private static final MethodOption START = MethodOption.choice(
            "initialisation",
            List.of("random-orthonormal", "federated-range", "weight-svd", PUBLIC_DATA),
            "how B and A are found. random-orthonormal: drawn, R begins at zero. weight-svd: as LoRA-XS, B = UΣ and A = Vᵀ"
                    + " of the base's weight, computed by the agents in round 1, R begins at zero. federated-range: round 1 trains B on a"
                    + " drawn A, round 2 trains A on the orthonormal basis of what came out, its SVD gives B, A and R, and"
                    + " only R trains from round 3 on. public-data: as LoRA-SB, B = U, R = Σ and A = Vᵀ of the first step of"
                    + " full fine-tuning, −public-step·sign(∇L), computed in round 1 by every agent on the dataset that"
                    + " public-dataset names; the model begins with the part of that step that the rank holds");

    private static final MethodOption DATASET = MethodOption.text(
            "public-dataset",
            "for public-data: name of a dataset, for the job's task, which all agents have with the same contents and"
                    + " nobody needs to protect");

    private static final MethodOption STEP = MethodOption.optionalNumber(
            "public-step",
            1e-12,
            1,
            "for public-data: size of the step, training.learning-rate / 100 by default (the authors divide it by the"
                    + " number of warm-up steps)");

    private static final MethodCard CARD = MethodCard.named("fed-sb", "Fed-SB")
            .paper("Singhal et al. 2025, arXiv 2502.15436; LoRA-SB: Ponkshe et al. 2024, arXiv 2411.19557")
            .equation("A, B fixed, R̄ = Σ wᵢRᵢ")
            .provenance(
                    "read in the authors' code; the starts are ours, weight-svd is LoRA-XS' and public-data the authors'"
                            + " own, on public data (theirs uses the pooled training data, without noise): federated-range is a range finder whose two passes are ordinary rounds, so every"
                            + " message is linear and may be masked or noised")
            .exact()
            .serverOptimizer()
            .controlVariates()
            .lateUpdates()
            .adapters(AdapterNeeds.CORE)
            .secureAggregation(SecureAggregation.YES)
            .bytes(
                    "b·Σ r²; in the two rounds of a range finder b·Σ r·out and b·Σ r·in",
                    "b·Σ r², and b·Σ r(in+out) once")
            .options(START, DATASET, STEP)
            .notes("Wants a much larger rank than LoRA. Agents train adapter type lora-xs.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public AdapterConfig adapter(Job job) {
        return job.adapter().withType("lora-xs");
    }

    @Override
    public List<TensorRole> fromBase(Job job) {
        if (START.is(job, PUBLIC_DATA)) {
            return List.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.LORA_R);
        }
        return START.is(job, "weight-svd") ? List.of(TensorRole.LORA_A, TensorRole.LORA_B) : List.of();
    }

    @Override
    public Optional<PublicStep> publicStep(Job job) {
        if (!START.is(job, PUBLIC_DATA)) {
            return Optional.empty();
        }
        double size =
                STEP.of(job).map(Double::parseDouble).orElse(job.training().learningRate() / 100);
        return Optional.of(new PublicStep(DATASET.of(job).orElse(""), size));
    }

    @Override
    public List<Problem> check(Job job, ModelDescriptor model) {
        List<Problem> problems = new ArrayList<>(SumMethod.super.check(job, model));
        boolean named = DATASET.of(job).isPresent();
        if (START.is(job, PUBLIC_DATA) && !named) {
            problems.add(new Problem(
                    "aggregation.public-dataset",
                    0,
                    "initialisation public-data needs a dataset",
                    "Name one that all agents declare with the same contents"));
        }
        if (!START.is(job, PUBLIC_DATA) && (named || STEP.of(job).isPresent())) {
            problems.add(new Problem(
                    "aggregation." + (named ? DATASET : STEP).name(),
                    0,
                    "it is read only with initialisation public-data",
                    "Remove it, or set aggregation.initialisation to public-data"));
        }
        return problems;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        FrozenPair.initial(
                job,
                model,
                next,
                TensorRole.LORA_R,
                rank -> rank,
                info -> searches(job) ? searching(info) : publicStep(job).flatMap(step -> head(job, info)));
        next.remember(RangeFinder.PHASE, searches(job) ? RangeFinder.TRAIN_B : RangeFinder.DONE);
    }

    @Override
    public boolean takesLateUpdates(Job job) {
        return SumMethod.super.takesLateUpdates(job) && !searches(job);
    }

    /** A search begins with B = 0 and R = I, which leaves B·A what plain LoRA trains. */
    private static Optional<float[]> searching(TensorInfo info) {
        return switch (TensorName.parse(info.name()).role()) {
            case LORA_B -> Optional.of(new float[Math.toIntExact(info.elements())]);
            case LORA_R -> Optional.of(Matrix.identity(info.shape().get(0)).toFloats());
            default -> Optional.empty();
        };
    }

    /** With a head of zeros no gradient would reach the body. */
    private static Optional<float[]> head(Job job, TensorInfo info) {
        return TensorName.parse(info.name()).role() == TensorRole.WEIGHT
                ? Optional.of(new SeededTensors(job.seed(), info.name())
                        .kaiming(info.shape().get(0), info.shape().get(1)))
                : Optional.empty();
    }

    private static boolean searches(Job job) {
        return START.is(job, "federated-range");
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        TensorRole trained = RangeFinder.trained(state);
        Terms terms = Terms.withHead(job);
        for (TensorRole role : List.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.LORA_R)) {
            terms = role == trained ? terms.shared(role) : terms.frozen(role);
        }
        AgentTerms all = terms.terms(adapter(job));
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        cohort.forEach(agent -> plans.put(agent.id(), all));
        return plans;
    }

    @Override
    public SortedMap<String, String> rememberedAfter(GlobalState state) {
        return new TreeMap<>(Map.of(RangeFinder.PHASE, RangeFinder.after(state)));
    }

    @Override
    public Set<TensorRole> rewrites(GlobalState state, Job job) {
        return RangeFinder.rewrites(state);
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        rememberedAfter(state).forEach(next::remember);
        if (RangeFinder.trained(state) == TensorRole.LORA_R) {
            FrozenPair.after(state, sums, next);
        } else {
            RangeFinder.after(state, sums, next);
        }
    }
}
