package dev.tributary.training.privacy;

import dev.tributary.privacy.dp.Clipping;
import dev.tributary.training.TrainingException;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The sum over a batch of every example's gradient, each clipped to norm C over all trained tensors together, from one
 * backward pass and without forming the gradients: norms from small products, then one weighted product per matrix (Bu et
 * al., "Differentially Private Optimization on Large Model at Small Cost", arXiv:2210.00038).
 *
 * <p>Norms are exact in fp64 up to the rounding of fp32 products; an example whose gradient is not finite counts as zero
 * and is kept from touching the others. Not thread-safe.
 */
public final class ClippedGradients {

    private final Collection<Linear> modules;
    private final AdapterTensors adapter;
    private final Products products;
    private final double clip;

    /**
     * @param modules all linear modules of the model
     * @throws TrainingException if the adapter cannot be trained this way
     */
    public ClippedGradients(Collection<Linear> modules, AdapterTensors adapter, double clip) {
        this.modules = modules;
        this.adapter = adapter;
        this.products = new Products(adapter);
        this.clip = clip;
    }

    /**
     * Adds the clipped gradients of a batch to {@code sums}.
     *
     * @param losses runs the model on the batch: one loss an example, (size)
     * @param sums by name of the trained tensor
     * @return whether it was done; false, and nothing was added, if some gradient is not finite and there is more than one
     *     example: then each must come alone
     */
    public boolean add(Batch batch, Supplier<Tensor> losses, Map<String, Tensor> sums) {
        try (PointerScope scope = new PointerScope();
                Tape tape = new Tape(modules, products::concerns)) {
            Tensor total = losses.get().sum();
            List<Product> all = products(tape, total, sums.keySet());
            try (NoGradGuard noGradients = new NoGradGuard()) {
                Rows rows = new Rows(batch);
                double[] norms = norms(all, rows);
                float[] factors = new float[norms.length];
                for (int i = 0; i < norms.length; i++) {
                    if (!Double.isFinite(norms[i])) {
                        return norms.length == 1;
                    }
                    factors[i] = (float) Clipping.factor(norms[i], clip);
                }
                for (Product product : all) {
                    product.addTo(needSum(sums, product.name()), rows, factors);
                }
                return true;
            }
        }
    }

    /** Norms of the examples' whole gradients, as they are before clipping. */
    public double[] norms(Batch batch, Supplier<Tensor> losses) {
        try (PointerScope scope = new PointerScope();
                Tape tape = new Tape(modules, products::concerns)) {
            List<Product> all =
                    products(tape, losses.get().sum(), adapter.parameters().keySet());
            try (NoGradGuard noGradients = new NoGradGuard()) {
                return norms(all, new Rows(batch));
            }
        }
    }

    private List<Product> products(Tape tape, Tensor loss, Set<String> expected) {
        List<Tape.Seen> seen = tape.seen();
        TensorVector outputs = new TensorVector(seen.stream().map(Tape.Seen::y).toArray(Tensor[]::new));
        TensorVector gradients = torch.grad(new TensorVector(loss), outputs);
        List<Product> all = new ArrayList<>();
        try (NoGradGuard noGradients = new NoGradGuard()) {
            for (int i = 0; i < seen.size(); i++) {
                all.addAll(products.of(seen.get(i), gradients.get(i)));
            }
        }
        checkCovered(all, expected);
        return all;
    }

    /** What is trained but has no product would escape clipping and noise. */
    private static void checkCovered(List<Product> all, Set<String> expected) {
        Set<String> found = new HashSet<>();
        for (Product product : all) {
            if (!found.add(product.name())) {
                throw new TrainingException(product.name() + " is used more than once in the model; gradients of single"
                        + " examples are not supported for it. Leave it out of the adapter");
            }
        }
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            throw new TrainingException("gradients of single examples are known for linear modules only, not for "
                    + missing + ". Leave them out of adapter.modules-to-save");
        }
    }

    private static Tensor needSum(Map<String, Tensor> sums, String name) {
        Tensor sum = sums.get(name);
        if (sum == null) {
            throw new IllegalArgumentException("there is no sum for " + name);
        }
        return sum;
    }

    private static double[] norms(List<Product> all, Rows rows) {
        Tensor squares = Torch.scoped(() -> {
            Tensor sum = all.get(0).squaredNorms(rows);
            for (Product product : all.subList(1, all.size())) {
                sum = sum.add(product.squaredNorms(rows));
            }
            return sum;
        });
        double[] norms = Torch.doubles(squares);
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(norms[i]);
        }
        return norms;
    }
}
