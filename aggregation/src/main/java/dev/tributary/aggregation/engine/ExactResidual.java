package dev.tributary.aggregation.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.ReceivedUpdate;
import java.util.List;

/**
 * What the mean of factors misses of the mean of products, as low-rank factors and without an SVD. With the last agent K
 * as pivot, s·(Σ wᵢBᵢAᵢ − B̄Ā) = P·Q, where P = s·[B₁ − B̄ | … | B_{K−1} − B̄] (out, (K−1)r) and
 * Q = [w₁(A₁ − A_K); …; w_{K−1}(A_{K−1} − A_K)] ((K−1)r, in). B̄ is the mean as published, rounded to fp32. Rows are
 * written in blocks: memory does not grow with the number of agents.
 */
public final class ExactResidual {

    private static final int BLOCK = 1 << 16;

    private final AdapterConfig global;
    private final List<ReceivedUpdate> updates;
    private final ReceivedUpdate pivot;

    /** @param updates as {@link Canonical#order} gives them, all of the global ranks */
    public ExactResidual(AdapterConfig global, List<ReceivedUpdate> updates) {
        this.global = global;
        this.updates = List.copyOf(updates.subList(0, updates.size() - 1));
        this.pivot = updates.get(updates.size() - 1);
    }

    /** Columns of P: (K−1)·r. */
    public int rank(String module) {
        return rank(updates.size() + 1, global.rankOf(module));
    }

    /** Columns of P with {@code agents} updates of global rank {@code rank}. */
    public static int rank(int agents, int rank) {
        return (agents - 1) * rank;
    }

    /** Whether nothing is missed: one agent, or all A equal, or all B equal. Stops reading at the first difference. */
    public boolean isZero(String module) {
        return allEqual(Modules.a(module)) || (sameScaling(module) && allEqual(Modules.b(module)));
    }

    private boolean sameScaling(String module) {
        double scaling = pivot.config().scalingOf(module);
        return updates.stream().allMatch(u -> u.config().scalingOf(module) == scaling);
    }

    private boolean allEqual(String tensor) {
        long size = pivot.tensors().layout().get(tensor).elements();
        float[] mine = new float[(int) Math.min(size, BLOCK / 16)];
        float[] theirs = new float[mine.length];
        for (long at = 0; at < size; at += mine.length) {
            int count = (int) Math.min(mine.length, size - at);
            pivot.tensors().read(tensor, at, mine, 0, count);
            for (ReceivedUpdate update : updates) {
                update.tensors().read(tensor, at, theirs, 0, count);
                for (int i = 0; i < count; i++) {
                    if (mine[i] != theirs[i]) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Writes P and Q of a module; {@code meanB} is the published mean of B, row-major. */
    public void write(String module, float[] meanB, SafetensorsWriter fold) {
        writeLeft(module, meanB, fold);
        writeRight(module, fold);
    }

    private void writeLeft(String module, float[] meanB, SafetensorsWriter fold) {
        String tensor = Modules.b(module);
        int r = global.rankOf(module);
        int width = rank(module);
        int out = meanB.length / r;
        double scaling = global.scalingOf(module);
        int blockRows = Math.max(1, Math.min(out, BLOCK / Math.max(1, width)));
        Blocks.forEach(Blocks.count(out, blockRows), block -> {
            int start = block * blockRows;
            int count = Math.min(blockRows, out - start);
            float[] left = new float[count * width];
            float[] rows = new float[count * r];
            for (int agent = 0; agent < updates.size(); agent++) {
                ReceivedUpdate update = updates.get(agent);
                double factor = Canonical.factor(update.config(), global, new TensorName(module, TensorRole.LORA_B));
                update.tensors().read(tensor, (long) start * r, rows, 0, count * r);
                for (int i = 0; i < count; i++) {
                    for (int j = 0; j < r; j++) {
                        left[i * width + agent * r + j] =
                                (float) (scaling * (factor * rows[i * r + j] - meanB[(start + i) * r + j]));
                    }
                }
            }
            fold.write(Modules.p(module), (long) start * width, left, 0, count * width);
        });
    }

    private void writeRight(String module, SafetensorsWriter fold) {
        String tensor = Modules.a(module);
        float[] last = pivot.tensors().read(tensor);
        Blocks.forEach(updates.size(), agent -> {
            ReceivedUpdate update = updates.get(agent);
            float[] values = update.tensors().read(tensor);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (update.weight() * ((double) values[i] - last[i]));
            }
            fold.write(Modules.q(module), (long) agent * last.length, values, 0, last.length);
        });
    }

    /** The factors in memory, in fp64, for a truncation; {@code meanB} as published. */
    public FactoredSvd decompose(String module, float[] meanB) {
        int r = global.rankOf(module);
        int out = meanB.length / r;
        Layout layout = pivot.tensors().layout();
        int in = layout.get(Modules.a(module)).shape().get(1);
        Matrix p = Matrix.zeros(out, rank(module));
        Matrix q = Matrix.zeros(rank(module), in);
        Matrix last = Matrix.read(pivot.tensors(), Modules.a(module), 1);
        double scaling = global.scalingOf(module);
        for (int agent = 0; agent < updates.size(); agent++) {
            ReceivedUpdate update = updates.get(agent);
            double factor = Canonical.factor(update.config(), global, new TensorName(module, TensorRole.LORA_B));
            Matrix b = Matrix.read(update.tensors(), Modules.b(module), scaling * factor);
            Matrix a = Matrix.read(update.tensors(), Modules.a(module), update.weight());
            for (int i = 0; i < meanB.length; i++) {
                b.values()[i] -= scaling * meanB[i];
            }
            for (int i = 0; i < a.values().length; i++) {
                a.values()[i] -= update.weight() * last.values()[i];
            }
            p.put(0, agent * r, b);
            q.put(agent * r, 0, a);
        }
        return FactoredSvd.of(p, q);
    }
}
