package dev.tributary.training.lora;

import dev.tributary.adapter.TensorRole;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * DoRA (Liu et al. 2024): y = m/n ∘ (W + s·B·A)·x + b, where n holds the norm of every row of W + s·B·A. As in the paper
 * (§4.3) and in PEFT, n counts as a constant in the backward pass.
 */
final class Dora implements Delta {

    private final AdapterTensors tensors;
    private final Tensor a; // (r, in)
    private final Tensor b; // (out, r)
    private final Tensor magnitude; // (out)
    private final double scaling;

    private Dora(AdapterTensors tensors, Tensor a, Tensor b, Tensor magnitude, double scaling) {
        this.tensors = tensors;
        this.a = a;
        this.b = b;
        this.magnitude = magnitude;
        this.scaling = scaling;
    }

    static @Nullable Delta of(Linear module, AdapterTensors tensors) {
        if (!tensors.hasAny(module, TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.MAGNITUDE)) {
            return null;
        }
        int rank = tensors.config().rankOf(module.path());
        return new Dora(
                tensors,
                tensors.need(module, TensorRole.LORA_A, rank, module.in()),
                tensors.need(module, TensorRole.LORA_B, module.out(), rank),
                tensors.need(module, TensorRole.MAGNITUDE, module.out()),
                tensors.config().scalingOf(module.path()));
    }

    @Override
    public Tensor apply(Tensor x, Linear base) {
        Tensor dropped = tensors.dropped(x);
        Tensor plain = base.frozenWithoutBias(dropped); // (tokens, out)
        Tensor reduced = torch.linear(dropped, Torch.like(a, x)); // (tokens, r)
        Tensor sum = torch.addmm(plain, reduced, Torch.like(b, x).t(), Torch.scalar(1), Torch.scalar(scaling));
        Tensor scaled = sum.mul(Torch.like(magnitude.div(norms(base)), x));
        if (dropped != x) { // PEFT drops the inputs of the change only, not those of the frozen module
            scaled = scaled.add(base.frozenWithoutBias(x)).sub(plain);
        }
        Tensor bias = base.bias();
        return bias == null ? scaled : scaled.add(bias);
    }

    /** Norm of every row of W + s·B·A, (out). */
    private Tensor norms(Linear base) {
        try (NoGradGuard noGradients = new NoGradGuard()) {
            return sum(base).norm(new ScalarOptional(Torch.scalar(2)), 1);
        }
    }

    private Tensor sum(Linear base) {
        return torch.addmm(base.weight(), b, a, Torch.scalar(1), Torch.scalar(scaling));
    }

    @Override
    public Tensor mergedWeight(Linear base) {
        return sum(base).mul(magnitude.div(norms(base)).unsqueeze(1));
    }
}
