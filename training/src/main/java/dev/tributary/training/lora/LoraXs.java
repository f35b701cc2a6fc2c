package dev.tributary.training.lora;

import dev.tributary.adapter.TensorRole;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * LoRA-XS (Bałazy et al. 2024) and LoRA-SB (Ponkshe et al. 2024): y = W·x + b + s·B·R·A·x with frozen B and A; only the
 * small R between them trains.
 */
final class LoraXs implements Delta {

    private final AdapterTensors tensors;
    private final Tensor a; // (r, in)
    private final Tensor r; // (r, r)
    private final Tensor b; // (out, r)
    private final double scaling;

    private LoraXs(AdapterTensors tensors, Tensor a, Tensor r, Tensor b, double scaling) {
        this.tensors = tensors;
        this.a = a;
        this.r = r;
        this.b = b;
        this.scaling = scaling;
    }

    static @Nullable Delta of(Linear module, AdapterTensors tensors) {
        if (!tensors.hasAny(module, TensorRole.LORA_A, TensorRole.LORA_R, TensorRole.LORA_B)) {
            return null;
        }
        int rank = tensors.config().rankOf(module.path());
        return new LoraXs(
                tensors,
                tensors.need(module, TensorRole.LORA_A, rank, module.in()),
                tensors.need(module, TensorRole.LORA_R, rank, rank),
                tensors.need(module, TensorRole.LORA_B, module.out(), rank),
                tensors.config().scalingOf(module.path()));
    }

    @Override
    public Tensor apply(Tensor x, Linear base) {
        Tensor y = base.frozen(x);
        Tensor down = torch.linear(tensors.dropped(x), Torch.like(a, x));
        Tensor reduced = torch.linear(down, Torch.like(r, x)); // (tokens, r)
        return y.addmm_(reduced, Torch.like(b, y).t(), Torch.scalar(1), Torch.scalar(scaling));
    }

    @Override
    public Tensor mergedWeight(Linear base) {
        return torch.addmm(base.weight(), b.mm(r), a, Torch.scalar(1), Torch.scalar(scaling));
    }
}
