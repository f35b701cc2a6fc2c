package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodCard.SecureAggregation;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Fed-SB: ΔW = s·B·R·A with B and A drawn once, orthonormal and frozen; only the r × r core R is trained, sent and averaged,
 * so the mean of products is exact and traffic does not depend on the model's width.
 */
public final class FedSb implements SumMethod {

    private static final MethodOption START = MethodOption.choice(
            "initialisation", List.of("random-orthonormal"), "how B and A are drawn; R begins at zero");

    private static final MethodCard CARD = MethodCard.named("fed-sb", "Fed-SB")
            .paper("Singhal et al. 2025, arXiv 2502.15436; LoRA-SB: Ponkshe et al. 2024, arXiv 2411.19557")
            .equation("A, B fixed, R̄ = Σ wᵢRᵢ")
            .provenance(
                    "read in the authors' code; the random orthonormal start is ours (the authors' start uses pooled"
                            + " training data)")
            .exact()
            .adapterTypes("lora", "lora-xs", "lora-sb")
            .secureAggregation(SecureAggregation.YES)
            .bytes("b·Σ r²", "b·Σ r², and b·Σ r(in+out) once")
            .options(START)
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
    public void initial(Job job, ModelDescriptor model, NextState next) {
        InitialState state = new InitialState(job, model);
        List<TensorInfo> frozen = new ArrayList<>();
        List<TensorInfo> moving = new ArrayList<>(state.head());
        for (TensorInfo info : state.tensors()) {
            TensorName name = TensorName.parse(info.name());
            if (!Parts.isHead(name.role())) {
                frozen.add(info);
            }
            if (name.role() == TensorRole.LORA_A) {
                int rank = info.shape().get(0);
                moving.add(TensorInfo.f32(Modules.key(name.module(), TensorRole.LORA_R), rank, rank));
            }
        }
        try (SafetensorsWriter writer = next.part(InitialState.FROZEN, Layout.of(frozen))) {
            for (TensorInfo info : frozen) {
                writer.write(info.name(), orthonormal(job, info));
            }
        }
        try (SafetensorsWriter writer = next.part(InitialState.ADAPTER, Layout.of(moving))) {
            for (TensorInfo info : moving) {
                writer.write(info.name(), new float[Math.toIntExact(info.elements())]);
            }
        }
    }

    private static float[] orthonormal(Job job, TensorInfo info) {
        SeededTensors random = new SeededTensors(job.seed(), info.name());
        int rows = info.shape().get(0);
        int columns = info.shape().get(1);
        return TensorName.parse(info.name()).role() == TensorRole.LORA_A
                ? random.orthonormalRows(rows, columns).toFloats()
                : random.orthonormalRows(columns, rows).transposed().toFloats();
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        Terms terms = Terms.withHead(job)
                .frozen(TensorRole.LORA_A)
                .frozen(TensorRole.LORA_B)
                .shared(TensorRole.LORA_R);
        SortedMap<AgentId, AgentTerms> plans = new java.util.TreeMap<>();
        cohort.forEach(agent -> plans.put(agent.id(), terms.terms(adapter(job))));
        return plans;
    }

    @Override
    public void after(GlobalState state, Job job, Sums sums, NextState next) {
        next.keepPart(InitialState.FROZEN);
        Parts.writeMeans(
                state,
                sums,
                next,
                InitialState.ADAPTER,
                role -> role != TensorRole.LORA_A && role != TensorRole.LORA_B);
    }
}
