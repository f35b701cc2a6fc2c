package dev.tributary.aggregation.engine;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The mean of products as one stack of factors: s·Σ wᵢBᵢAᵢ = [s₁B₁ | … | s_KB_K]·[w₁A₁; …; w_KA_K]. Ranks may differ;
 * weights stand in the right factor alone.
 */
public final class FactorStack {

    private static final int BLOCK = 1 << 16;

    private final List<ReceivedUpdate> updates;

    /** @param updates as {@link Canonical#order} gives them, each with its own rank */
    public FactorStack(List<ReceivedUpdate> updates) {
        this.updates = List.copyOf(updates);
    }

    /** Σ rᵢ. */
    public int rank(String module) {
        return updates.stream().mapToInt(u -> rank(u, module)).sum();
    }

    /** Σ rᵢ of the updates that answer such plans. */
    public static int rank(Collection<AgentTerms> cohort, String module) {
        return cohort.stream().mapToInt(terms -> terms.adapter().rankOf(module)).sum();
    }

    private static int rank(ReceivedUpdate update, String module) {
        return shape(update, Modules.a(module)).get(0);
    }

    private static List<Integer> shape(ReceivedUpdate update, String tensor) {
        Layout layout = update.tensors().layout();
        if (!layout.names().contains(tensor)) {
            throw new InvalidUpdateException(update.agent(), tensor + " is missing");
        }
        return layout.get(tensor).shape();
    }

    /** Writes the stack as {@code fold_P} and {@code fold_Q}, in blocks of rows: memory does not grow with K. */
    public void write(String module, int out, SafetensorsWriter fold) {
        int width = rank(module);
        int blockRows = Math.max(1, Math.min(out, BLOCK / Math.max(1, width)));
        Blocks.forEach(Blocks.count(out, blockRows), block -> {
            int start = block * blockRows;
            int count = Math.min(blockRows, out - start);
            float[] left = new float[count * width];
            int column = 0;
            for (ReceivedUpdate update : updates) {
                int r = rank(update, module);
                float[] rows = new float[count * r];
                update.tensors().read(Modules.b(module), (long) start * r, rows, 0, rows.length);
                double scaling = update.config().scalingOf(module);
                for (int i = 0; i < count; i++) {
                    for (int j = 0; j < r; j++) {
                        left[i * width + column + j] = (float) (scaling * rows[i * r + j]);
                    }
                }
                requireFinite(update, Modules.b(module), rows);
                column += r;
            }
            fold.write(Modules.p(module), (long) start * width, left, 0, count * width);
        });
        long[] starts = new long[updates.size()];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + shapeSize(updates.get(i - 1), Modules.a(module));
        }
        Blocks.forEach(starts.length, i -> {
            ReceivedUpdate update = updates.get(i);
            float[] values = update.tensors().read(Modules.a(module));
            requireFinite(update, Modules.a(module), values);
            for (int e = 0; e < values.length; e++) {
                values[e] = (float) (update.weight() * values[e]);
            }
            fold.write(Modules.q(module), starts[i], values, 0, values.length);
        });
    }

    private static long shapeSize(ReceivedUpdate update, String tensor) {
        return update.tensors().layout().get(tensor).elements();
    }

    private static void requireFinite(ReceivedUpdate update, String tensor, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidUpdateException(update.agent(), tensor + " holds " + value);
            }
        }
    }

    /** SVD of the stack. */
    public FactoredSvd decompose(String module) {
        List<Matrix> left = new ArrayList<>();
        List<Matrix> right = new ArrayList<>();
        for (ReceivedUpdate update : updates) {
            TensorSource tensors = update.tensors();
            requireFinite(update, Modules.b(module), tensors.read(Modules.b(module)));
            requireFinite(update, Modules.a(module), tensors.read(Modules.a(module)));
            left.add(Matrix.read(tensors, Modules.b(module), update.config().scalingOf(module)));
            right.add(Matrix.read(tensors, Modules.a(module), update.weight()));
        }
        return FactoredSvd.of(Matrix.beside(left), Matrix.stacked(right));
    }
}
