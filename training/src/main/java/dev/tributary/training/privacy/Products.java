package dev.tributary.training.privacy;

import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.training.TrainingException;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How the gradient at a module's output becomes those of what is trained in it. With H = X·Aᵀ and U = G·B:
 * ∂B = s·Gᵀ·H, ∂A = s·Uᵀ·X, and for R between them H' = X·Aᵀ, ∂R = s·Uᵀ·H'. A weight trained in full has ∂W = Gᵀ·X.
 */
final class Products {
    private static final Set<String> TYPES =
            Set.of("lora", "rslora", "lora-fa", "pissa", "olora", "lora-xs", "lora-sb");

    private final AdapterTensors adapter;
    private final Set<String> trained;

    /** @throws TrainingException if the adapter's type, or dropout, does not allow gradients of single examples */
    Products(AdapterTensors adapter) {
        this.adapter = adapter;
        this.trained = adapter.parameters().keySet();
        String type = adapter.config().type();
        if (!TYPES.contains(type)) {
            throw new TrainingException("adapter.type " + type + " cannot be trained with privacy.unit: example: "
                    + "the gradients of its scales are not products of one row each. Use one of " + sorted());
        }
        if (adapter.config().dropout() != 0) {
            throw new TrainingException("adapter.dropout must be 0 with privacy.unit: example");
        }
    }

    private static List<String> sorted() {
        return TYPES.stream().sorted().toList();
    }

    /** Whether something of the module is trained. */
    boolean concerns(Linear module) {
        return List.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.LORA_R, TensorRole.WEIGHT, TensorRole.BIAS)
                .stream()
                .anyMatch(role -> trained.contains(key(module, role)));
    }

    /** @param g gradient of the summed loss at the module's output, (rows, out) */
    List<Product> of(Tape.Seen seen, Tensor g) {
        Linear module = seen.module();
        Tensor x = seen.x();
        List<Product> products = new ArrayList<>();
        if (trains(module, TensorRole.WEIGHT)) {
            products.add(
                    module.transposed()
                            ? new Product(key(module, TensorRole.WEIGHT), 1, x, g)
                            : new Product(key(module, TensorRole.WEIGHT), 1, g, x));
        }
        if (trains(module, TensorRole.BIAS)) {
            products.add(new Product(
                    key(module, TensorRole.BIAS), 1, g, torch.ones(new long[] {g.size(0), 1}, g.options())));
        }
        if (trains(module, TensorRole.LORA_A)
                || trains(module, TensorRole.LORA_B)
                || trains(module, TensorRole.LORA_R)) {
            factors(module, x, g, products);
        }
        return products;
    }

    private void factors(Linear module, Tensor x, Tensor g, List<Product> products) {
        double scale = adapter.config().scalingOf(module.path());
        Tensor a = need(module, TensorRole.LORA_A); // (r, in)
        Tensor b = need(module, TensorRole.LORA_B); // (out, r)
        Tensor r = adapter.tensor(key(module, TensorRole.LORA_R)); // (r, r)
        Tensor h = torch.linear(x, a); // (rows, r)
        if (r != null) {
            if (trains(module, TensorRole.LORA_A) || trains(module, TensorRole.LORA_B)) {
                throw new TrainingException(
                        "with an R between them, A and B of " + module.path() + " must stay frozen");
            }
            products.add(new Product(key(module, TensorRole.LORA_R), scale, torch.mm(g, b), h));
            return;
        }
        if (trains(module, TensorRole.LORA_B)) {
            products.add(new Product(key(module, TensorRole.LORA_B), scale, g, h));
        }
        if (trains(module, TensorRole.LORA_A)) {
            products.add(new Product(key(module, TensorRole.LORA_A), scale, torch.mm(g, b), x));
        }
    }

    private boolean trains(Linear module, TensorRole role) {
        return trained.contains(key(module, role));
    }

    private Tensor need(Linear module, TensorRole role) {
        return Objects.requireNonNull(adapter.tensor(key(module, role)), () -> key(module, role));
    }

    private static String key(Linear module, TensorRole role) {
        return new TensorName(module.path(), role).key();
    }
}
