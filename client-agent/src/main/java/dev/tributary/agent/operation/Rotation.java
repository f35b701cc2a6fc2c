package dev.tributary.agent.operation;

import org.bytedeco.openblas.global.openblas;

/** Rotations of the rank space, r × r, row-major in fp64. */
final class Rotation {

    private Rotation() {}

    /**
     * With M = UΣVᵀ, the rotation V·diag(1, …, 1, det(UVᵀ))·Uᵀ, which turns most of what M's second factor has towards its
     * first; of softness below 1, the rotation nearest to (1−softness)·I + softness·R. The identity if M is zero.
     */
    static double[] towards(double[] m, int r, double softness) {
        double largest = 0;
        for (double value : m) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest == 0 || softness == 0) {
            return identity(r);
        }
        double[] whole = transposed(nearest(m, r), r); // nearest(M) = U·D·Vᵀ
        if (softness == 1) {
            return whole;
        }
        double[] blend = identity(r);
        for (int i = 0; i < blend.length; i++) {
            blend[i] = (1 - softness) * blend[i] + softness * whole[i];
        }
        return nearest(blend, r);
    }

    /** U·diag(1, …, 1, det(UVᵀ))·Vᵀ: of all rotations the one nearest to {@code m}. */
    private static double[] nearest(double[] m, int r) {
        double[] u = new double[r * r];
        double[] vt = new double[r * r];
        int info = openblas.LAPACKE_dgesdd(
                openblas.LAPACK_ROW_MAJOR, (byte) 'A', r, r, m.clone(), r, new double[r], u, r, vt, r);
        if (info != 0) {
            throw new IllegalArgumentException("the factors could not be aligned: LAPACK dgesdd gave " + info
                    + ", which means that they are not finite; a lower learning rate may help");
        }
        double[] rotation = product(u, vt, r);
        if (determinant(rotation, r) < 0) {
            for (int j = 0; j < r; j++) {
                vt[(r - 1) * r + j] = -vt[(r - 1) * r + j];
            }
            rotation = product(u, vt, r);
        }
        return rotation;
    }

    /** Of an orthogonal matrix, ±1 but for rounding: by Gaussian elimination with pivots. */
    private static double determinant(double[] orthogonal, int r) {
        double[] a = orthogonal.clone();
        double determinant = 1;
        for (int k = 0; k < r; k++) {
            int pivot = k;
            for (int i = k + 1; i < r; i++) {
                if (Math.abs(a[i * r + k]) > Math.abs(a[pivot * r + k])) {
                    pivot = i;
                }
            }
            if (pivot != k) {
                determinant = -determinant;
                for (int j = 0; j < r; j++) {
                    double swap = a[k * r + j];
                    a[k * r + j] = a[pivot * r + j];
                    a[pivot * r + j] = swap;
                }
            }
            determinant *= a[k * r + k];
            for (int i = k + 1; i < r; i++) {
                double factor = a[i * r + k] / a[k * r + k];
                for (int j = k; j < r; j++) {
                    a[i * r + j] -= factor * a[k * r + j];
                }
            }
        }
        return determinant;
    }

    private static double[] product(double[] a, double[] b, int r) {
        double[] c = new double[r * r];
        for (int i = 0; i < r; i++) {
            for (int k = 0; k < r; k++) {
                for (int j = 0; j < r; j++) {
                    c[i * r + j] += a[i * r + k] * b[k * r + j];
                }
            }
        }
        return c;
    }

    private static double[] transposed(double[] a, int r) {
        double[] t = new double[r * r];
        for (int i = 0; i < r; i++) {
            for (int j = 0; j < r; j++) {
                t[j * r + i] = a[i * r + j];
            }
        }
        return t;
    }

    private static double[] identity(int r) {
        double[] identity = new double[r * r];
        for (int i = 0; i < r; i++) {
            identity[i * r + i] = 1;
        }
        return identity;
    }
}
