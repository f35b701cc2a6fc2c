package dev.tributary.training.privacy;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The gradient of one trained matrix as a sum of outer products over rows: ∂P = s·Σₜ leftₜ rightₜᵀ. The rows of one
 * example give that example's own gradient.
 *
 * @param name of the trained tensor
 * @param left (rows, p)
 * @param right (rows, q)
 */
record Product(String name, double scale, Tensor left, Tensor right) {

    /** Squared norms of the examples' gradients, (size) in fp64. */
    Tensor squaredNorms(Rows rows) {
        Tensor l = rows.blocks(left); // (size, T, p)
        Tensor r = rows.blocks(right); // (size, T, q)
        Tensor squares = direct(l.size(1), l.size(2), r.size(2)) ? formed(l, r) : gram(l, r);
        return squares.mul(new org.bytedeco.pytorch.Scalar(scale * scale));
    }

    /** Whether forming each p × q gradient costs less than the two T × T Gram matrices. */
    static boolean direct(long t, long p, long q) {
        return p * q <= t * (p + q);
    }

    /** ‖LᵀR‖². */
    private static Tensor formed(Tensor l, Tensor r) {
        Tensor gradients = torch.bmm(l.transpose(1, 2), r); // (size, p, q)
        return gradients
                .to(torch.ScalarType.Double)
                .square()
                .sum(new long[] {1, 2}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
    }

    /** Σ (LLᵀ) ∘ (RRᵀ), in fp64 throughout: the sum may cancel. */
    private static Tensor gram(Tensor l, Tensor r) {
        Tensor left = l.to(torch.ScalarType.Double);
        Tensor right = r.to(torch.ScalarType.Double);
        return torch.bmm(left, left.transpose(1, 2))
                .mul(torch.bmm(right, right.transpose(1, 2)))
                .sum(new long[] {1, 2}, false, new org.bytedeco.pytorch.ScalarTypeOptional())
                .clamp_min(new org.bytedeco.pytorch.Scalar(0.0));
    }

    /** Adds Σᵢ cᵢ ∂Pᵢ to {@code sum}, all examples in one product. */
    void addTo(Tensor sum, Rows rows, float[] factors) {
        Tensor weights = rows.repeat(factors, left); // (rows, 1)
        boolean leftIsNarrow = left.size(1) <= right.size(1);
        Tensor l = leftIsNarrow ? left.mul(weights) : left;
        Tensor r = leftIsNarrow ? right : right.mul(weights);
        Tensor total = torch.mm(l.t(), r).mul(new org.bytedeco.pytorch.Scalar(scale)); // (p, q)
        sum.add_(sum.dim() == 1 ? total.view(-1) : total);
    }
}
