package dev.tributary.aggregation.engine;

import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import java.util.List;

/** What stands between the frozen factors of a module: one core R, or RAVAN's heads along the diagonal. */
public final class Cores {

    private Cores() {}

    /** Whether a module of {@code source} has a core of either kind. */
    public static boolean in(TensorSource source) {
        return !Modules.with(source.layout(), TensorRole.LORA_R).isEmpty()
                || !Modules.with(source.layout(), TensorRole.LORA_H).isEmpty();
    }

    /** B·R, or B·diag(H₁, …); B itself where there is no core. Of several sources the first that holds a core counts. */
    public static Matrix times(Matrix b, List<TensorSource> sources, String module) {
        String core = Modules.key(module, TensorRole.LORA_R);
        String heads = Modules.key(module, TensorRole.LORA_H);
        for (TensorSource source : sources) {
            if (source.layout().names().contains(core)) {
                return Products.multiply(b, Matrix.read(source, core, 1));
            }
            if (source.layout().names().contains(heads)) {
                return Products.multiply(b, diagonal(Matrix.read(source, heads, 1)));
            }
        }
        return b;
    }

    /** Square blocks that stand one above the other (h·n, n), along the diagonal of (h·n, h·n). */
    static Matrix diagonal(Matrix stacked) {
        int size = stacked.columns();
        Matrix whole = Matrix.zeros(stacked.rows(), stacked.rows());
        for (int at = 0; at < stacked.rows(); at += size) {
            whole.put(at, at, stacked.rows(at, at + size));
        }
        return whole;
    }
}
