package dev.tributary.training.model;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention softmax(q·kᵀ·scale + mask)·v over the sequences of a batch (Vaswani et al. 2017), with
 * fewer key and value heads than query heads where a model groups them (Ainslie et al. 2023). Computed block by block
 * (Dao et al. 2022), so that no (longest, longest) matrix is kept for the backward pass.
 */
public final class Attention {

    /** For {@link #causal}: every earlier token is seen. */
    public static final int NO_WINDOW = Integer.MAX_VALUE;

    private Attention() {}

    /** Every token sees its whole sequence: q, k, v (tokens, heads·d) → (tokens, heads·d). */
    public static Tensor bidirectional(Tensor q, Tensor k, Tensor v, int heads, Batch batch) {
        double scale = 1 / Math.sqrt(q.size(1) / (double) heads);
        return attend(q, k, v, heads, heads, batch.paddingMask(), false, scale, batch);
    }

    /**
     * Every token sees itself and up to {@code window − 1} tokens before it: q (tokens, heads·d), k and v
     * (tokens, groups·d) → (tokens, heads·d). Query heads h·heads/groups … share key head h.
     */
    public static Tensor causal(
            Tensor q, Tensor k, Tensor v, int heads, int groups, int window, double scale, Batch batch) {
        if (batch.longest() <= window) {
            return attend(q, k, v, heads, groups, null, true, scale, batch);
        }
        return attend(q, k, v, heads, groups, batch.windowMask(window), false, scale, batch);
    }

    private static Tensor attend(
            Tensor q,
            Tensor k,
            Tensor v,
            int heads,
            int groups,
            @Nullable Tensor mask,
            boolean causal,
            double scale,
            Batch batch) {
        boolean shares = q.is_cuda() && mask == null && heads != groups; // flash attention repeats heads by itself
        int times = shares ? 1 : heads / groups;
        Tensor context = torch.scaled_dot_product_attention(
                split(q, heads, batch),
                repeat(split(k, groups, batch), times),
                repeat(split(v, groups, batch), times),
                mask == null
                        ? new TensorOptional()
                        : new TensorOptional(mask.to(q.scalar_type().intern())),
                0,
                causal,
                new DoubleOptional(scale),
                shares); // (size, heads, longest, d)
        return batch.unpad(context.transpose(1, 2), q.size(1));
    }

    /** x (tokens, heads·d) → (size, heads, longest, d). */
    private static Tensor split(Tensor x, int heads, Batch batch) {
        return batch.pad(x, heads).transpose(1, 2);
    }

    /** x (size, groups, longest, d) → (size, groups·times, longest, d). */
    private static Tensor repeat(Tensor x, int times) {
        if (times == 1) {
            return x;
        }
        long size = x.size(0);
        long groups = x.size(1);
        long longest = x.size(2);
        long d = x.size(3);
        return x.unsqueeze(2).expand(size, groups, times, longest, d).reshape(size, groups * times, longest, d);
    }
}
