package dev.tributary.training.model;

import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.training.TrainingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A base model whose linear weights have grown by low-rank folds: W = W₀ + P₁·Q₁ + P₂·Q₂ + …, added in order. Only the
 * folded weights take memory of their own; everything else is the unmodified base's.
 */
public final class FoldedTensors implements FrozenTensors, AutoCloseable {

    private final FrozenTensors base;
    private final Map<String, List<TensorSource>> folds = new TreeMap<>(); // module → folds that touch it, in order
    private final Map<String, Tensor> folded = new TreeMap<>();

    public FoldedTensors(FrozenTensors base, List<? extends TensorSource> log) {
        this.base = base;
        for (TensorSource fold : log) {
            for (String name : fold.layout().names()) {
                TensorName parsed = parse(name);
                if (parsed.role() == TensorRole.FOLD_P) {
                    folds.computeIfAbsent(parsed.module(), m -> new ArrayList<>())
                            .add(fold);
                }
            }
        }
        folds.keySet().forEach(this::checkShapes);
    }

    private static TensorName parse(String name) {
        TensorName parsed;
        try {
            parsed = TensorName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new TrainingException("fold: " + e.getMessage(), e);
        }
        if (parsed.role() != TensorRole.FOLD_P && parsed.role() != TensorRole.FOLD_Q) {
            throw new TrainingException("fold: tensor " + name + " is neither fold_P nor fold_Q");
        }
        return parsed;
    }

    private void checkShapes(String module) {
        String weight = module + ".weight";
        if (!base.names().contains(weight)) {
            throw new TrainingException("fold: the base model has no module " + module);
        }
        List<Integer> stored = base.shape(weight);
        for (TensorSource fold : folds.getOrDefault(module, List.of())) {
            List<Integer> p =
                    fold.layout().get(module + TensorRole.FOLD_P.suffix()).shape();
            List<Integer> q = shapeOf(fold, module + TensorRole.FOLD_Q.suffix());
            boolean inner = p.size() == 2 && q.size() == 2 && p.get(1).equals(q.get(0));
            boolean outer = inner
                    && stored.size() == 2
                    && (List.of(p.get(0), q.get(1)).equals(stored)
                            || List.of(q.get(1), p.get(0)).equals(stored));
            if (!outer) {
                throw new TrainingException("fold: " + module + " has P " + p + " and Q " + q
                        + ", which do not make up its weight " + stored);
            }
        }
    }

    private static List<Integer> shapeOf(TensorSource fold, String name) {
        if (!fold.layout().names().contains(name)) {
            throw new TrainingException("fold: tensor " + name + " is missing");
        }
        return fold.layout().get(name).shape();
    }

    @Override
    public Set<String> names() {
        return base.names();
    }

    @Override
    public List<Integer> shape(String name) {
        return base.shape(name);
    }

    @Override
    public Tensor tensor(String name) {
        return base.tensor(name);
    }

    @Override
    public synchronized Tensor linearWeight(String module, boolean transposed) {
        List<TensorSource> own = folds.get(module);
        if (own == null) {
            return base.linearWeight(module, transposed);
        }
        return folded.computeIfAbsent(module, m -> fold(m, transposed, own));
    }

    private Tensor fold(String module, boolean transposed, List<TensorSource> own) {
        try (PointerScope scope = new PointerScope()) {
            Tensor stored = base.linearWeight(module, transposed);
            Tensor weight = stored.to(ScalarType.Float, false, true, new MemoryFormatOptional());
            for (TensorSource fold : own) {
                Tensor p = read(fold, module + TensorRole.FOLD_P.suffix()); // (out, c)
                Tensor q = read(fold, module + TensorRole.FOLD_Q.suffix()); // (c, in)
                if (transposed) {
                    weight.addmm_(q.t(), p.t());
                } else {
                    weight.addmm_(p, q);
                }
            }
            return weight.to(stored.scalar_type()).retainReference();
        }
    }

    private Tensor read(TensorSource source, String name) {
        return device().floats(source.read(name), source.layout().get(name).shape());
    }

    @Override
    public Device device() {
        return base.device();
    }

    @Override
    public String where() {
        return base.where();
    }

    @Override
    public synchronized void close() {
        folded.values().forEach(Tensor::releaseReference);
        folded.clear();
    }
}
