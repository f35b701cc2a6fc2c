package dev.tributary.aggregation.method;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Lapack;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.Products;
import java.util.Set;

/**
 * Finds the bases of Fed-SB from the agents' data in two ordinary rounds, after the randomised range finder (Halko,
 * Martinsson and Tropp 2011). A step on B with A fixed moves it along G·Aᵀ: the range of the gradient G under a random A.
 * Its orthonormal basis becomes B; a step on A then moves it along Bᵀ·G, whose SVD turns both into singular directions
 * and R into the diagonal of singular values. The product B·R·A is the same before and after each turn.
 */
final class RangeFinder {

    static final String PHASE = "phase";
    static final String TRAIN_B = "range-b";
    static final String TRAIN_A = "range-a";
    static final String DONE = "core";

    private RangeFinder() {}

    /** What the coming round trains. */
    static TensorRole trained(GlobalState state) {
        return switch (state.ref().methodState().getOrDefault(PHASE, DONE)) {
            case TRAIN_B -> TensorRole.LORA_B;
            case TRAIN_A -> TensorRole.LORA_A;
            default -> TensorRole.LORA_R;
        };
    }

    /** Writes the state after a round of the search. */
    static void after(GlobalState state, Sums sums, NextState next) {
        boolean first = trained(state) == TensorRole.LORA_B;
        Layout bases = Means.layout(
                state.tensors(), Parts.names(state, role -> role == TensorRole.LORA_A || role == TensorRole.LORA_B));
        Layout others = Means.layout(
                state.tensors(), Parts.names(state, role -> role != TensorRole.LORA_A && role != TensorRole.LORA_B));
        try (SafetensorsWriter frozen = next.part(InitialState.FROZEN, bases);
                SafetensorsWriter adapter = next.part(InitialState.ADAPTER, others)) {
            for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
                Matrix b = Means.matrix(sums, state.tensors(), Modules.b(module));
                Matrix a = Means.matrix(sums, state.tensors(), Modules.a(module));
                Matrix core = Matrix.identity(a.rows());
                if (first) {
                    Lapack.Qr qr = Lapack.qr(b);
                    b = qr.q();
                    a = Products.multiply(qr.r(), a);
                } else {
                    Lapack.Svd svd = Lapack.svd(a);
                    b = Products.multiply(b, svd.u());
                    a = svd.vt();
                    for (int i = 0; i < core.rows(); i++) {
                        core.values()[i * core.rows() + i] = svd.sigma()[i];
                    }
                }
                frozen.write(Modules.b(module), b.toFloats());
                frozen.write(Modules.a(module), a.toFloats());
                adapter.write(Modules.key(module, TensorRole.LORA_R), core.toFloats());
            }
            Means.write(sums, state.tensors(), Parts.names(state, Parts::isHead), adapter);
        }
    }

    /** The phase after a round. */
    static String after(GlobalState state) {
        return trained(state) == TensorRole.LORA_B ? TRAIN_A : DONE;
    }

    /** What a round of the search rewrites beside what it trains. */
    static Set<TensorRole> rewrites(GlobalState state) {
        return switch (trained(state)) {
            case LORA_B -> Set.of(TensorRole.LORA_A);
            case LORA_A -> Set.of(TensorRole.LORA_B, TensorRole.LORA_R);
            default -> Set.of();
        };
    }
}
