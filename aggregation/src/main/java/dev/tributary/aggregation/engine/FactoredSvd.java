package dev.tributary.aggregation.engine;

import java.util.Arrays;

/**
 * SVD of a product P·Q, P (out, c), Q (c, in), without forming the (out, in) matrix: P = Q₁R₁, Qᵀ = Q₂R₂, SVD of the
 * core R₁R₂ᵀ. Cost O((out + in)c² + c³).
 *
 * @param u left singular vectors (out, k)
 * @param sigma singular values, descending
 * @param vt right singular vectors (k, in), k ≤ min(out, in, c)
 */
public record FactoredSvd(Matrix u, double[] sigma, Matrix vt) {

    public static FactoredSvd of(Matrix p, Matrix q) {
        Lapack.Qr left = Lapack.qr(p);
        Lapack.Qr right = Lapack.qr(q.transposed());
        Lapack.Svd core = Lapack.svd(Products.transposeSecond(left.r(), right.r()));
        return new FactoredSvd(
                Products.multiply(left.q(), core.u()), core.sigma(), Products.transposeSecond(core.vt(), right.q()));
    }

    /** Number of singular values above fp64 noise, for factors of the given stack rank. */
    public int numericalRank() {
        return rankAbove(sigma.length == 0 ? 0 : sigma[0] * 1e-12);
    }

    /** Number of singular values greater than {@code threshold}. */
    public int rankAbove(double threshold) {
        int rank = 0;
        while (rank < sigma.length && sigma[rank] > threshold) {
            rank++;
        }
        return rank;
    }

    /** U·Σ of the leading {@code rank} components, shape (out, rank). */
    public Matrix leftScaled(int rank) {
        Matrix result = u.columns(0, rank);
        for (int i = 0; i < result.rows(); i++) {
            for (int j = 0; j < rank; j++) {
                result.values()[i * rank + j] *= sigma[j];
            }
        }
        return result;
    }

    /** Vᵀ of the leading {@code rank} components, shape (rank, in). */
    public Matrix right(int rank) {
        return vt.rows(0, rank);
    }

    /** U·√Σ of the leading {@code rank} components: with {@link #rightRooted} the size is split evenly. */
    public Matrix leftRooted(int rank) {
        Matrix result = u.columns(0, rank);
        for (int i = 0; i < result.rows(); i++) {
            for (int j = 0; j < rank; j++) {
                result.values()[i * rank + j] *= Math.sqrt(sigma[j]);
            }
        }
        return result;
    }

    /** √Σ·Vᵀ of the leading {@code rank} components. */
    public Matrix rightRooted(int rank) {
        Matrix result = vt.rows(0, rank);
        for (int j = 0; j < rank; j++) {
            for (int i = 0; i < result.columns(); i++) {
                result.values()[j * result.columns() + i] *= Math.sqrt(sigma[j]);
            }
        }
        return result;
    }

    /** Frobenius norm of what a truncation to {@code rank} drops (Eckart and Young). */
    public double tail(int rank) {
        return Math.sqrt(Arrays.stream(sigma).skip(rank).map(s -> s * s).sum());
    }
}
