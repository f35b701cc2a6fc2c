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
 * RAVAN's adapter (arXiv 2506.05568): y = W·x + b + s·Σ_h B_h·H_h·A_h·x. The A_h are the rows of one A, the B_h the columns
 * of one B, all frozen; the small H_h stand one above the other and train.
 */
final class Ravan implements Delta {

    private final AdapterTensors tensors;
    private final Tensor a; // (r, in)
    private final Tensor stacked; // (r, r/heads)
    private final Tensor b; // (out, r)
    private final double scaling;

    private Ravan(AdapterTensors tensors, Tensor a, Tensor stacked, Tensor b, double scaling) {
        this.tensors = tensors;
        this.a = a;
        this.stacked = stacked;
        this.b = b;
        this.scaling = scaling;
    }

    static @Nullable Delta of(Linear module, AdapterTensors tensors) {
        if (!tensors.hasAny(module, TensorRole.LORA_A, TensorRole.LORA_H, TensorRole.LORA_B)) {
            return null;
        }
        int rank = tensors.config().rankOf(module.path());
        Tensor stacked = tensors.find(module, TensorRole.LORA_H);
        if (stacked == null || stacked.dim() != 2 || stacked.size(1) < 1 || rank % stacked.size(1) != 0) {
            throw new TrainingException("adapter tensor " + module.path() + TensorRole.LORA_H.suffix() + " must have "
                    + rank + " rows in square heads, whose size divides that");
        }
        long size = stacked.size(1);
        return new Ravan(
                tensors,
                tensors.need(module, TensorRole.LORA_A, rank, module.in()),
                tensors.need(module, TensorRole.LORA_H, rank, size),
                tensors.need(module, TensorRole.LORA_B, module.out(), rank),
                tensors.config().scalingOf(module.path()));
    }

    /** (heads, r/heads, r/heads); made at every use, as an optimiser may move the values. */
    private Tensor heads() {
        long size = stacked.size(1);
        return stacked.view(stacked.size(0) / size, size, size);
    }

    @Override
    public Tensor apply(Tensor x, Linear base) {
        Tensor y = base.frozen(x);
        Tensor heads = Torch.like(heads(), x);
        Tensor reduced = torch.linear(tensors.dropped(x), Torch.like(a, x)); // (tokens, r)
        Tensor split =
                reduced.view(reduced.size(0), heads.size(0), heads.size(1)).transpose(0, 1);
        Tensor turned = split.bmm(heads.transpose(1, 2)); // (heads, tokens, r/heads)
        Tensor joined = turned.transpose(0, 1).reshape(reduced.size(0), reduced.size(1));
        return y.addmm_(joined, Torch.like(b, y).t(), Torch.scalar(1), Torch.scalar(scaling));
    }

    @Override
    public Tensor mergedWeight(Linear base) {
        Tensor heads = heads();
        Tensor columns = b.view(b.size(0), heads.size(0), heads.size(1)).transpose(0, 1); // (heads, out, r/heads)
        Tensor turned = columns.bmm(heads).transpose(0, 1).reshape(b.size(0), b.size(1));
        return torch.addmm(base.weight(), turned, a, Torch.scalar(1), Torch.scalar(scaling));
    }
}
