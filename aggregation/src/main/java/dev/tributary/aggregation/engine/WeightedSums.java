package dev.tributary.aggregation.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import java.util.List;

/**
 * The linear engine: Σ nᵢ·xᵢ in fp64, in agent-id order, read a piece of one tensor at a time. Memory is one tensor,
 * whatever the number of updates.
 */
public final class WeightedSums implements Sums {

    private static final int PIECE = 1 << 15;

    private final List<ReceivedUpdate> updates;
    private final AdapterConfig global;
    private final Layout layout;
    private final long examples;

    /**
     * @param updates as {@link Canonical#order} gives them, all of the same layout
     * @throws InvalidUpdateException if one has another layout than the first
     */
    public WeightedSums(AdapterConfig global, List<ReceivedUpdate> updates) {
        this.updates = List.copyOf(updates);
        this.global = global;
        this.layout = updates.get(0).tensors().layout();
        long total = 0;
        for (ReceivedUpdate update : updates) {
            requireSameShapes(update);
            total += update.examples();
        }
        this.examples = total;
    }

    private void requireSameShapes(ReceivedUpdate update) {
        Layout other = update.tensors().layout();
        for (TensorInfo info : layout.tensors().values()) {
            TensorInfo theirs = other.tensors().get(info.name());
            if (theirs == null || !theirs.shape().equals(info.shape())) {
                throw new InvalidUpdateException(
                        update.agent(),
                        info.name() + " should have shape " + info.shape()
                                + " as with " + updates.get(0).agent() + ", but "
                                + (theirs == null ? "is missing" : "has " + theirs.shape()));
            }
        }
        if (other.tensors().size() != layout.tensors().size()) {
            throw new InvalidUpdateException(
                    update.agent(), "has tensors that " + updates.get(0).agent() + " has not");
        }
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public double[] numerator(String tensor) {
        TensorName name = TensorName.parse(tensor);
        int size = Math.toIntExact(layout.get(tensor).elements());
        double[] sum = new double[size];
        float[] piece = new float[Math.min(size, PIECE)];
        for (int at = 0; at < size; at += PIECE) {
            int count = Math.min(PIECE, size - at);
            for (ReceivedUpdate update : updates) {
                double weight = update.examples() * Canonical.factor(update.config(), global, name);
                update.tensors().read(tensor, at, piece, 0, count);
                for (int i = 0; i < count; i++) {
                    sum[at + i] += weight * piece[i];
                }
            }
            requireFinite(tensor, sum, at, count);
        }
        return sum;
    }

    @Override
    public double denominator(String tensor) {
        layout.get(tensor);
        return examples;
    }

    /** Σ wᵢ·xᵢ with weights that sum to 1, in fp64. */
    public double[] mean(String tensor) {
        return Sums.mean(this, tensor);
    }

    private void requireFinite(String tensor, double[] sum, int from, int count) {
        double probe = 0; // stays 0 only if every value is finite
        for (int i = from; i < from + count; i++) {
            probe += sum[i] * 0;
        }
        if (probe == 0) {
            return;
        }
        float[] piece = new float[count];
        for (ReceivedUpdate update : updates) {
            update.tensors().read(tensor, from, piece, 0, count);
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(piece[i])) {
                    throw new InvalidUpdateException(
                            update.agent(), tensor + " holds " + piece[i] + " at element " + (from + i));
                }
            }
        }
        throw new ArithmeticException(tensor + ": the weighted sum overflows");
    }
}
