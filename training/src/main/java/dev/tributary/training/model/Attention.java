package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention softmax(q·kᵀ/√d + mask)·v over the sequences of a batch (Vaswani et al. 2017), with fewer
 * key and value heads than query heads where a model groups them (Ainslie et al. 2023).
 */
public final class Attention {

    /** For {@link #causal}: every earlier token is seen. */
    public static final int NO_WINDOW = Integer.MAX_VALUE;

    private Attention() {}

    /** Every token sees its whole sequence: q, k, v (tokens, heads·d) → (tokens, heads·d). */
    public static Tensor bidirectional(Tensor q, Tensor k, Tensor v, int heads, Batch batch) {
        return attend(q, k, v, heads, heads, batch.paddingMask(), 1 / Math.sqrt(q.size(1) / (double) heads), batch);
    }

    /**
     * Every token sees itself and up to {@code window − 1} tokens before it: q (tokens, heads·d), k and v
     * (tokens, groups·d) → (tokens, heads·d). Query heads h·heads/groups … share key head h.
     */
    public static Tensor causal(
            Tensor q, Tensor k, Tensor v, int heads, int groups, int window, double scale, Batch batch) {
        return attend(q, k, v, heads, groups, batch.causalMask(window), scale, batch);
    }

    private static Tensor attend(
            Tensor q, Tensor k, Tensor v, int heads, int groups, @Nullable Tensor mask, double scale, Batch batch) {
        long size = batch.size();
        long longest = batch.longest();
        long d = q.size(1) / heads;
        long shared = heads / groups;
        Tensor queries = split(q.mul(Torch.scalar(scale)), heads, batch); // (size, heads, longest, d)
        Tensor keys = split(k, groups, batch); // (size, groups, longest, d)
        Tensor values = split(v, groups, batch);
        Tensor grouped = shared == 1 ? queries : queries.reshape(size, groups, shared * longest, d);
        Tensor scores = torch.matmul(grouped, keys.transpose(2, 3)).view(size, heads, longest, longest);
        if (mask != null) {
            scores = scores.add(mask);
        }
        Tensor weights = scores.softmax(-1).view(size, groups, shared * longest, longest);
        Tensor context = torch.matmul(weights, values).view(size, heads, longest, d);
        return batch.unpad(context.transpose(1, 2).reshape(size, longest, heads * d));
    }

    /** x (tokens, heads·d) → (size, heads, longest, d). */
    private static Tensor split(Tensor x, int heads, Batch batch) {
        return batch.pad(x)
                .view(batch.size(), batch.longest(), heads, x.size(1) / heads)
                .transpose(1, 2);
    }
}
