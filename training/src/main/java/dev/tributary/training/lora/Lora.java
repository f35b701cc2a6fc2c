package dev.tributary.training.lora;

import dev.tributary.adapter.TensorRole;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * LoRA (Hu et al. 2021): y = W·x + b + s·B·A·x with s = α/r, or α/√r for rsLoRA (Kalajdzievski 2023). LoRA-FA and FFA are
 * the same with a frozen A; PiSSA and OLoRA differ in how A and B begin.
 */
final class Lora implements Delta {

    private final AdapterTensors tensors;
    private final Tensor a; // (r, in)
    private final Tensor b; // (out, r)
    private final double scaling;

    private Lora(AdapterTensors tensors, Tensor a, Tensor b, double scaling) {
        this.tensors = tensors;
        this.a = a;
        this.b = b;
        this.scaling = scaling;
    }

    static @Nullable Delta of(Linear module, AdapterTensors tensors) {
        if (!tensors.hasAny(module, TensorRole.LORA_A, TensorRole.LORA_B)) {
            return null;
        }
        int rank = tensors.config().rankOf(module.path());
        return new Lora(
                tensors,
                tensors.need(module, TensorRole.LORA_A, rank, module.in()),
                tensors.need(module, TensorRole.LORA_B, module.out(), rank),
                tensors.config().scalingOf(module.path()));
    }

    @Override
    public Tensor apply(Tensor x, Linear base) {
        Tensor y = base.frozen(x);
        Tensor reduced = torch.linear(tensors.dropped(x), Torch.like(a, x)); // (tokens, r)
        return y.addmm_(reduced, Torch.like(b, y).t(), Torch.scalar(1), Torch.scalar(scaling));
    }

    @Override
    public Tensor mergedWeight(Linear base) {
        return torch.addmm(base.weight(), b, a, Torch.scalar(1), Torch.scalar(scaling));
    }
}
