package dev.tributary.aggregation.method;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** The state of a method that trains a core between two orthonormal factors which never change. */
final class FrozenPair {

    private FrozenPair() {}

    /**
     * Writes B and A, drawn, to the frozen part; the core and the head, zero, to the other.
     *
     * @param columns of a core, by the rank, which is its number of rows
     * @param otherwise first values of a tensor that begins in another way
     */
    static void initial(
            Job job,
            ModelDescriptor model,
            NextState next,
            TensorRole core,
            IntUnaryOperator columns,
            Function<TensorInfo, Optional<float[]>> otherwise) {
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
                moving.add(TensorInfo.f32(Modules.key(name.module(), core), rank, columns.applyAsInt(rank)));
            }
        }
        next.part(
                InitialState.FROZEN,
                Layout.of(frozen),
                info -> otherwise.apply(info).orElseGet(() -> InitialState.orthonormal(job, info)));
        next.part(
                InitialState.ADAPTER,
                Layout.of(moving),
                info -> otherwise.apply(info).orElseGet(() -> new float[Math.toIntExact(info.elements())]));
    }

    /** Writes the means of the cores and the head. */
    static void after(GlobalState state, Sums sums, NextState next) {
        next.keepPart(InitialState.FROZEN);
        Parts.writeMeans(
                state,
                sums,
                next,
                InitialState.ADAPTER,
                role -> role != TensorRole.LORA_A && role != TensorRole.LORA_B);
    }
}
