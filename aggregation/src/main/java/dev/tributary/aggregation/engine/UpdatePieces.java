package dev.tributary.aggregation.engine;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import java.util.List;

/** Walks over all updates side by side, a piece of one tensor at a time. */
public final class UpdatePieces {

    private static final int PIECE = 1 << 13;

    private UpdatePieces() {}

    /** Sees one piece. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * @param values one array per update, the first {@code count} elements valid
         * @param before the state's values of the same piece
         */
        void piece(String tensor, int from, int count, float[][] values, float[] before);
    }

    /** @throws InvalidUpdateException if an update lacks a tensor of the first, or holds a value that is not finite */
    public static void visit(List<ReceivedUpdate> updates, TensorSource state, Visitor visitor) {
        float[][] values = new float[updates.size()][PIECE];
        float[] before = new float[PIECE];
        for (TensorInfo info : updates.get(0).tensors().layout().tensors().values()) {
            String tensor = info.name();
            int size = Math.toIntExact(info.elements());
            requireShape(updates, info);
            for (int at = 0; at < size; at += PIECE) {
                int count = Math.min(PIECE, size - at);
                state.read(tensor, at, before, 0, count);
                for (int i = 0; i < values.length; i++) {
                    updates.get(i).tensors().read(tensor, at, values[i], 0, count);
                    requireFinite(updates.get(i), tensor, at, values[i], count);
                }
                visitor.piece(tensor, at, count, values, before);
            }
        }
    }

    private static void requireShape(List<ReceivedUpdate> updates, TensorInfo info) {
        for (ReceivedUpdate update : updates) {
            TensorInfo theirs = update.tensors().layout().tensors().get(info.name());
            if (theirs == null || !theirs.shape().equals(info.shape())) {
                throw new InvalidUpdateException(update.agent(), info.name() + " should have shape " + info.shape());
            }
        }
    }

    private static void requireFinite(ReceivedUpdate update, String tensor, int from, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new InvalidUpdateException(
                        update.agent(), tensor + " holds " + values[i] + " at element " + (from + i));
            }
        }
    }

    /** Inner products ⟨Δᵢ, Δⱼ⟩ of all updates' changes against the state, over all tensors. */
    public static double[][] gram(List<ReceivedUpdate> updates, TensorSource state) {
        int n = updates.size();
        double[][] gram = new double[n][n];
        double[][] change = new double[n][PIECE];
        visit(updates, state, (tensor, from, count, values, before) -> {
            for (int i = 0; i < n; i++) {
                for (int e = 0; e < count; e++) {
                    change[i][e] = (double) values[i][e] - before[e];
                }
                for (int j = 0; j <= i; j++) {
                    double dot = 0;
                    for (int e = 0; e < count; e++) {
                        dot += change[i][e] * change[j][e];
                    }
                    gram[i][j] += dot;
                }
            }
        });
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                gram[j][i] = gram[i][j];
            }
        }
        return gram;
    }
}
