package dev.tributary.aggregation.fold;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Replaces a fold log by one fold of bounded rank, so that an agent which joins late, or changes machines, need not fetch
 * and replay the folds of all rounds. Of every module the best approximation of its summed folds is kept, by the SVD of the
 * stacked factors; no (out, in) matrix is formed. With a rank of at least min(out, in) nothing is lost but fp32 rounding.
 */
public final class FoldCompaction {

    private static final MethodOption RANK = MethodOption.integer(
            "fold-rank",
            0,
            1 << 16,
            "0",
            "when the folds of a module have more than twice as many columns, the whole log is replaced by one fold of this"
                    + " rank, the best approximation; what that drops is reported. 0 keeps every fold");

    /** Keys under {@code aggregation} of every method that folds. */
    public static final List<MethodOption> OPTIONS = List.of(RANK);

    private FoldCompaction() {}

    /**
     * What became of a log.
     *
     * @param dropped Frobenius norm of what was dropped over all modules: no weight differs by more, nor does the sum
     * @param size Frobenius norm of all folds together
     */
    public record Report(double dropped, double size) {
        public double relative() {
            return size == 0 ? 0 : dropped / size;
        }
    }

    /** The rank to compact to if the log is due for it; 0 if not. */
    public static int dueRank(Job job, List<? extends TensorSource> log) {
        int rank = RANK.integerOf(job, 0);
        SortedMap<String, Integer> columns = new TreeMap<>();
        for (TensorSource fold : log) {
            for (String module : Modules.with(fold.layout(), TensorRole.FOLD_P)) {
                columns.merge(
                        module, fold.layout().get(Modules.p(module)).shape().get(1), Integer::sum);
            }
        }
        return rank > 0 && columns.values().stream().anyMatch(c -> c > 2 * rank) ? rank : 0;
    }

    /** Writes one fold that stands for {@code log}, which is in order from the unmodified base. */
    public static Report compact(List<? extends TensorSource> log, int rank, Path target) {
        SortedSet<String> modules = new TreeSet<>();
        log.forEach(fold -> modules.addAll(Modules.with(fold.layout(), TensorRole.FOLD_P)));
        List<TensorInfo> infos = new ArrayList<>();
        for (String module : modules) {
            int columns = 0;
            int out = 0;
            int in = 0;
            for (TensorSource fold : holders(log, module)) {
                out = fold.layout().get(Modules.p(module)).shape().get(0);
                in = fold.layout().get(Modules.q(module)).shape().get(1);
                columns += fold.layout().get(Modules.p(module)).shape().get(1);
            }
            int kept = Math.min(Math.min(rank, columns), Math.min(out, in));
            infos.add(TensorInfo.f32(Modules.p(module), out, kept));
            infos.add(TensorInfo.f32(Modules.q(module), kept, in));
        }
        Layout layout = Layout.of(infos);
        double dropped = 0;
        double size = 0;
        try (SafetensorsWriter writer = new SafetensorsWriter(target, layout, Map.of())) {
            for (String module : modules) {
                FactoredSvd svd = svd(holders(log, module), module);
                int kept = layout.get(Modules.p(module)).shape().get(1);
                writer.write(Modules.p(module), svd.leftRooted(kept).toFloats());
                writer.write(Modules.q(module), svd.rightRooted(kept).toFloats());
                dropped += Math.pow(svd.tail(kept), 2);
                size += Math.pow(svd.tail(0), 2);
            }
        }
        return new Report(Math.sqrt(dropped), Math.sqrt(size));
    }

    private static List<? extends TensorSource> holders(List<? extends TensorSource> log, String module) {
        return log.stream()
                .filter(fold -> fold.layout().names().contains(Modules.p(module)))
                .toList();
    }

    private static FactoredSvd svd(List<? extends TensorSource> log, String module) {
        List<Matrix> left = new ArrayList<>();
        List<Matrix> right = new ArrayList<>();
        for (TensorSource fold : log) {
            left.add(Matrix.read(fold, Modules.p(module), 1));
            right.add(Matrix.read(fold, Modules.q(module), 1));
        }
        return FactoredSvd.of(Matrix.beside(left), Matrix.stacked(right));
    }
}
