package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention softmax(q·kᵀ/√d + mask)·v over the sequences of a batch (Vaswani et al. 2017). */
public final class Attention {

    private Attention() {}

    /** Every token sees its whole sequence: q, k, v (tokens, heads·d) → (tokens, heads·d). */
    public static Tensor bidirectional(Tensor q, Tensor k, Tensor v, int heads, Batch batch) {
        return attend(
                split(q, heads, batch), split(k, heads, batch), split(v, heads, batch), batch.paddingMask(), batch);
    }

    /** x (tokens, heads·d) → (size, heads, longest, d). */
    static Tensor split(Tensor x, int heads, Batch batch) {
        return batch.pad(x)
                .view(batch.size(), batch.longest(), heads, x.size(1) / heads)
                .transpose(1, 2);
    }

    private static Tensor attend(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, Batch batch) {
        long heads = q.size(1);
        long d = q.size(3);
        Tensor scores = torch.matmul(
                q.mul(Torch.scalar(1 / Math.sqrt(d))), k.transpose(2, 3)); // (size, heads, longest, longest)
        if (mask != null) {
            scores = scores.add(mask);
        }
        Tensor context = torch.matmul(scores.softmax(-1), v); // (size, heads, longest, d)
        return batch.unpad(context.transpose(1, 2).reshape(batch.size(), batch.longest(), heads * d));
    }
}
