package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A linear module y = x·Wᵀ + b with frozen weight, and possibly an adapter beside it.
 */
public final class Linear {

    private final String path;
    private final int out;
    private final int in;
    private final boolean transposed;
    private final Tensor weight; // (out, in); (in, out) where transposed
    private final @Nullable Tensor right; // (in, out); null where it changes
    private final boolean half; // whether the weight is in bfloat16
    private final @Nullable Tensor bias; // (out)
    private @Nullable Delta delta;
    private @Nullable Watcher watcher;

    /** Told of what goes through a module. */
    @FunctionalInterface
    public interface Watcher {
        /** x (rows, in), y (rows, out). */
        void passed(Linear module, Tensor x, Tensor y);
    }

    Linear(String path, int out, int in, boolean transposed, Tensor weight, @Nullable Tensor bias) {
        this.path = path;
        this.out = out;
        this.in = in;
        this.transposed = transposed;
        this.weight = weight;
        this.right = transposed ? weight : weight.requires_grad() ? null : weight.t();
        this.half = Torch.isHalf(weight);
        this.bias = bias;
    }

    void adapt(@Nullable Delta by) {
        this.delta = by;
    }

    /** Whether an adapter stands beside the weight. */
    public boolean isAdapted() {
        return delta != null;
    }

    public String path() {
        return path;
    }

    public int out() {
        return out;
    }

    public int in() {
        return in;
    }

    /** Whether the checkpoint stores the transpose of the usual (out, in), as GPT-2's Conv1D does. */
    public boolean transposed() {
        return transposed;
    }

    /** The weight as (out, in) in float32, a view where the checkpoint stores the transpose. */
    public Tensor weight() {
        Tensor wide = half ? weight.to(ScalarType.Float) : weight;
        return transposed ? wide.t() : wide;
    }

    public @Nullable Tensor bias() {
        return bias;
    }

    /** x (tokens, in) → (tokens, out). */
    public Tensor forward(Tensor x) {
        Delta by = delta;
        Tensor y = by == null ? frozen(x) : by.apply(x, this);
        if (watcher != null) {
            watcher.passed(this, x, y);
        }
        return y;
    }

    /** Tells {@code by} of every forward pass from now on; null ends it. For one thread at a time. */
    public void watch(@Nullable Watcher by) {
        watcher = by;
    }

    /** The weight (out, in) with the adapter merged into it. */
    public Tensor mergedWeight() {
        Delta by = delta;
        return by == null ? weight() : by.mergedWeight(this);
    }

    /**
     * The output without any adapter. A product in bfloat16 with float32 sums where the weight is kept so; the result is
     * bfloat16 only if both are.
     */
    public Tensor frozen(Tensor x) {
        if (bias == null) {
            return frozenWithoutBias(x);
        }
        if (half && !(Torch.isHalf(x) && Torch.isHalf(bias))) {
            return frozenWithoutBias(x).add(bias);
        }
        return torch.addmm(bias, Torch.like(x, weight), right());
    }

    public Tensor frozenWithoutBias(Tensor x) {
        Tensor y = Torch.like(x, weight).mm(right());
        return half && !Torch.isHalf(x) ? y.to(ScalarType.Float) : y;
    }

    /** The weight as (in, out); made at every use where it is trained, as an optimiser may move the values. */
    private Tensor right() {
        return right == null ? weight.t() : right;
    }
}
