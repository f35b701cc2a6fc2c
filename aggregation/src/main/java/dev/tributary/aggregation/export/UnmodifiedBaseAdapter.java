package dev.tributary.aggregation.export;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.engine.Cores;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A state's adapter together with its folds as one adapter: B' = [B | P₁/s | P₂/s | …], A' = [A; Q₁; Q₂; …], of rank
 * r' = r + Σ cₜ and alpha' = s·r', so that its scaling is s again. Without folds the state's tensors are taken as they are.
 *
 * @param relativeError of all modules together, against the factors in fp64
 */
record UnmodifiedBaseAdapter(AdapterConfig config, TensorSource tensors, int largestRank, double relativeError) {

    private static final Set<TensorRole> HEAD = EnumSet.of(TensorRole.WEIGHT, TensorRole.BIAS);

    static UnmodifiedBaseAdapter of(GlobalState state, List<TensorSource> folds, int limit) {
        List<String> modules = Modules.with(state.tensors().layout(), TensorRole.LORA_B);
        boolean hasCore = Cores.in(state.tensors());
        boolean fits =
                limit == 0 || modules.stream().allMatch(m -> state.config().rankOf(m) <= limit);
        if (!Modules.with(state.tensors().layout(), TensorRole.MAGNITUDE).isEmpty() && !fits) {
            throw new IllegalArgumentException("a DoRA adapter cannot be cut to rank " + limit
                    + ": its magnitudes belong to the weight with all of B·A; export it at its own rank");
        }
        if (folds.isEmpty() && !hasCore && fits) {
            return unchanged(state, modules);
        }
        return combined(state, folds, modules, limit);
    }

    private static UnmodifiedBaseAdapter unchanged(GlobalState state, List<String> modules) {
        Tensors.Builder tensors = Tensors.builder();
        for (TensorInfo info : state.tensors().layout().tensors().values()) {
            if (!HEAD.contains(TensorName.parse(info.name()).role())) {
                tensors.put(
                        new TensorInfo(info.name(), DType.F32, info.shape()),
                        state.tensors().read(info.name()));
            }
        }
        int rank = modules.stream()
                .mapToInt(state.config()::rankOf)
                .max()
                .orElse(state.config().rank());
        return new UnmodifiedBaseAdapter(withoutHead(state.config()), tensors.build(), rank, 0);
    }

    private static AdapterConfig withoutHead(AdapterConfig config) {
        return new AdapterConfig(
                config.type(),
                config.rank(),
                config.alpha(),
                config.targetModules(),
                config.rankPattern(),
                config.alphaPattern(),
                config.dropout(),
                List.of(),
                config.initialisation());
    }

    private static UnmodifiedBaseAdapter combined(
            GlobalState state, List<TensorSource> folds, List<String> modules, int limit) {
        AdapterConfig config = state.config();
        Tensors.Builder tensors = Tensors.builder();
        SortedMap<String, Integer> ranks = new TreeMap<>();
        SortedMap<String, Double> alphas = new TreeMap<>();
        double error = 0;
        double size = 0;
        int largest = 1;
        for (String module : modules) {
            double scaling = config.scalingOf(module);
            ModuleDelta delta = delta(state, folds, module);
            Matrix exactLeft = delta.left();
            Matrix exactRight = delta.right();
            if (limit > 0) {
                delta.truncate(limit);
            }
            float[] b = delta.left().scaled(1 / scaling).toFloats();
            float[] a = delta.right().toFloats();
            int rank = delta.rank();
            tensors.put(Modules.b(module), b, exactLeft.rows(), rank);
            tensors.put(Modules.a(module), a, rank, exactRight.columns());
            ranks.put(module, rank);
            alphas.put(module, scaling * rank);
            largest = Math.max(largest, rank);
            ProductTerms terms = new ProductTerms();
            terms.add(exactLeft, exactRight);
            terms.add(matrix(exactLeft.rows(), rank, b, scaling), matrix(rank, exactRight.columns(), a, 1));
            double off = terms.norm(new double[] {1, -1});
            double whole = terms.norm(new double[] {1, 0});
            error += off * off;
            size += whole * whole;
        }
        return new UnmodifiedBaseAdapter(
                config(config, ranks, alphas), tensors.build(), largest, size == 0 ? 0 : Math.sqrt(error / size));
    }

    private static ModuleDelta delta(GlobalState state, List<TensorSource> folds, String module) {
        double scaling = state.config().scalingOf(module);
        TensorSource tensors = state.tensors();
        Matrix b = Matrix.read(tensors, Modules.b(module), scaling);
        b = Cores.times(b, List.of(tensors), module);
        ModuleDelta delta = new ModuleDelta();
        List<TensorSource> own = folds.stream()
                .filter(fold -> fold.layout().names().contains(Modules.p(module)))
                .toList();
        if (own.isEmpty() || b.frobeniusNorm() > 0) { // FLoRA's fresh adapter adds nothing to its folds
            delta.add(b, Matrix.read(tensors, Modules.a(module), 1));
        }
        for (TensorSource fold : own) {
            delta.add(Matrix.read(fold, Modules.p(module), 1), Matrix.read(fold, Modules.q(module), 1));
        }
        return delta;
    }

    private static Matrix matrix(int rows, int columns, float[] values, double factor) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = factor * values[i];
        }
        return new Matrix(rows, columns, result);
    }

    /** Plain LoRA whose rank is that of the first module; modules that differ are listed in the patterns. */
    private static AdapterConfig config(
            AdapterConfig config, SortedMap<String, Integer> ranks, SortedMap<String, Double> alphas) {
        String first = ranks.firstKey();
        int rank = ranks.getOrDefault(first, 1);
        double alpha = alphas.getOrDefault(first, 1.0);
        SortedMap<String, Integer> rankPattern = new TreeMap<>(ranks);
        rankPattern.values().removeIf(r -> r == rank);
        SortedMap<String, Double> alphaPattern = new TreeMap<>(alphas);
        alphaPattern.values().removeIf(a -> a == alpha);
        return new AdapterConfig(
                "lora",
                rank,
                alpha,
                config.targetModules(),
                rankPattern,
                alphaPattern,
                config.dropout(),
                List.of(),
                "kaiming");
    }
}
