package dev.tributary.aggregation.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.RankIndices;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.plan.AgentId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The linear engine: Σ nᵢ·xᵢ in fp64, in agent-id order, read a piece of one tensor at a time. Memory is one tensor,
 * whatever the number of updates.
 */
public final class WeightedSums implements Sums {

    private static final int PIECE = 1 << 15;

    private final List<ReceivedUpdate> updates;
    private final AdapterConfig global;
    private final Layout layout;
    private final Map<AgentId, RankIndices> absences;
    private final ToDoubleFunction<ReceivedUpdate> weight;

    /** Sums weighted by examples over updates as {@link Canonical#order} gives them. */
    public WeightedSums(AdapterConfig global, List<ReceivedUpdate> updates) {
        this(global, updates, Map.of(), ReceivedUpdate::examples);
    }

    /**
     * @param absences agents that hold only some rank indices and carry no weight at the others
     * @throws InvalidUpdateException if one update has another shape of a tensor than those before it
     */
    public WeightedSums(
            AdapterConfig global,
            List<ReceivedUpdate> updates,
            Map<AgentId, RankIndices> absences,
            ToDoubleFunction<ReceivedUpdate> weight) {
        this.updates = List.copyOf(updates);
        this.global = global;
        this.absences = Map.copyOf(absences);
        this.weight = weight;
        this.layout = union();
    }

    private Layout union() {
        Map<String, TensorInfo> infos = new TreeMap<>();
        for (ReceivedUpdate update : updates) {
            for (TensorInfo info : update.tensors().layout().tensors().values()) {
                TensorInfo first = infos.putIfAbsent(info.name(), info);
                if (first != null && !first.shape().equals(info.shape())) {
                    throw new InvalidUpdateException(
                            update.agent(),
                            info.name() + " has shape " + info.shape() + ", other updates have " + first.shape());
                }
            }
        }
        return Layout.of(infos.values());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public double[] numerator(String tensor) {
        TensorName name = TensorName.parse(tensor);
        int size = Math.toIntExact(layout.get(tensor).elements());
        List<ReceivedUpdate> holders = holders(tensor);
        double[] factors = holders.stream()
                .mapToDouble(u -> weight.applyAsDouble(u) * Canonical.factor(u.config(), global, name))
                .toArray();
        double[] sum = new double[size];
        Blocks.forEach(Blocks.count(size, PIECE), block -> {
            int at = block * PIECE;
            int count = Math.min(PIECE, size - at);
            float[] piece = new float[count];
            for (int u = 0; u < factors.length; u++) {
                holders.get(u).tensors().read(tensor, at, piece, 0, count);
                add(factors[u], piece, sum, at);
            }
            requireFinite(tensor, sum, at, count);
        });
        return sum;
    }

    private static void add(double factor, float[] piece, double[] sum, int at) {
        for (int i = 0; i < piece.length; i++) {
            sum[at + i] += factor * piece[i];
        }
    }

    private List<ReceivedUpdate> holders(String tensor) {
        layout.get(tensor);
        return updates.stream()
                .filter(u -> u.tensors().layout().names().contains(tensor))
                .toList();
    }

    @Override
    public double[] denominators(String tensor) {
        TensorName name = TensorName.parse(tensor);
        boolean ranked = name.role() == TensorRole.LORA_A || name.role() == TensorRole.LORA_B;
        if (!ranked || absences.isEmpty()) {
            return new double[] {holders(tensor).stream().mapToDouble(weight).sum()};
        }
        List<Integer> shape = layout.get(tensor).shape();
        double[] weights = new double[name.role() == TensorRole.LORA_A ? shape.get(0) : shape.get(1)];
        for (ReceivedUpdate update : holders(tensor)) {
            RankIndices held = absences.get(update.agent());
            int[] indices = held == null ? all(weights.length) : held.of(name.module());
            for (int index : indices) {
                weights[index] += weight.applyAsDouble(update);
            }
        }
        return weights;
    }

    private static int[] all(int count) {
        return java.util.stream.IntStream.range(0, count).toArray();
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
        for (ReceivedUpdate update : holders(tensor)) {
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
