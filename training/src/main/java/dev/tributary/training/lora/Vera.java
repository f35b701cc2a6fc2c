package dev.tributary.training.lora;

import dev.tributary.adapter.TensorRole;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * VeRA (Kopiczko et al. 2023): y = W·x + b + λ_b ∘ B·(λ_d ∘ A·x). A and B are random, frozen and shared by all modules; a
 * module uses their first in columns and out rows.
 */
final class Vera implements Delta {

    private final AdapterTensors tensors;
    private final Tensor d; // (r)
    private final Tensor b; // (out)

    private Vera(AdapterTensors tensors, Tensor d, Tensor b) {
        this.tensors = tensors;
        this.d = d;
        this.b = b;
    }

    static @Nullable Delta of(Linear module, AdapterTensors tensors) {
        if (!tensors.hasAny(module, TensorRole.VERA_D, TensorRole.VERA_B)) {
            return null;
        }
        int rank = tensors.config().rank();
        if (tensors.config().rankOf(module.path()) != rank) {
            throw new TrainingException(
                    "adapter.rank-pattern: VeRA shares its projections, so all modules have one rank");
        }
        tensors.projections().cover(module);
        return new Vera(
                tensors,
                tensors.need(module, TensorRole.VERA_D, rank),
                tensors.need(module, TensorRole.VERA_B, module.out()));
    }

    @Override
    public Tensor apply(Tensor x, Linear base) {
        Tensor down = tensors.projections().down(base.in()); // (r, in)
        Tensor up = tensors.projections().up(base.out()); // (out, r)
        Tensor reduced = torch.linear(tensors.dropped(x), Torch.like(down, x)).mul(Torch.like(d, x)); // (tokens, r)
        return base.frozen(x).add(torch.linear(reduced, Torch.like(up, x)).mul(Torch.like(b, x)));
    }

    @Override
    public Tensor mergedWeight(Linear base) {
        Tensor down = tensors.projections().down(base.in());
        Tensor up = tensors.projections().up(base.out());
        return base.weight().add(up.mul(b.unsqueeze(1)).mm(down.mul(d.unsqueeze(1))));
    }
}
