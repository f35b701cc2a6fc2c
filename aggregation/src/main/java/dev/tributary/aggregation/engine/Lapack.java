package dev.tributary.aggregation.engine;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * QR and SVD in fp64 by LAPACKE, from the OpenBLAS that ND4J uses too. (ND4J's own Svd and Qr operations fail or crash.)
 */
public final class Lapack {

    static {
        NativeLibraries.load(() -> Loader.load(openblas.class));
    }

    private Lapack() {}

    /** a = q·r with q (m, k) of orthonormal columns and r (k, n) upper triangular, k = min(m, n). */
    public record Qr(Matrix q, Matrix r) {}

    /** a = u·diag(sigma)·vt, thin: u (m, k), sigma descending (k), vt (k, n), k = min(m, n). */
    public record Svd(Matrix u, double[] sigma, Matrix vt) {}

    public static Qr qr(Matrix a) {
        int m = a.rows();
        int n = a.columns();
        int k = Math.min(m, n);
        if (k == 0) {
            return new Qr(Matrix.zeros(m, 0), Matrix.zeros(0, n));
        }
        double[] work = a.values().clone();
        double[] tau = new double[k];
        check("dgeqrf", openblas.LAPACKE_dgeqrf(openblas.LAPACK_ROW_MAJOR, m, n, work, n, tau));
        Matrix r = upperTriangle(work, k, n);
        double[] q = new double[m * k];
        for (int i = 0; i < m; i++) {
            System.arraycopy(work, i * n, q, i * k, k);
        }
        check("dorgqr", openblas.LAPACKE_dorgqr(openblas.LAPACK_ROW_MAJOR, m, k, k, q, k, tau));
        return new Qr(new Matrix(m, k, q), r);
    }

    /** Only the triangular factor of {@link #qr}, at less cost. */
    public static Matrix triangle(Matrix a) {
        int k = Math.min(a.rows(), a.columns());
        if (k == 0) {
            return Matrix.zeros(0, a.columns());
        }
        double[] work = a.values().clone();
        check(
                "dgeqrf",
                openblas.LAPACKE_dgeqrf(
                        openblas.LAPACK_ROW_MAJOR, a.rows(), a.columns(), work, a.columns(), new double[k]));
        return upperTriangle(work, k, a.columns());
    }

    private static Matrix upperTriangle(double[] packed, int k, int n) {
        Matrix r = Matrix.zeros(k, n);
        for (int i = 0; i < k; i++) {
            System.arraycopy(packed, i * n + i, r.values(), i * n + i, n - i);
        }
        return r;
    }

    /**
     * Thin SVD. Signs are fixed so that the entry of largest magnitude in each column of u is positive: the result does
     * not depend on LAPACK's choice.
     */
    public static Svd svd(Matrix a) {
        int m = a.rows();
        int n = a.columns();
        int k = Math.min(m, n);
        if (k == 0) {
            return new Svd(Matrix.zeros(m, 0), new double[0], Matrix.zeros(0, n));
        }
        double[] sigma = new double[k];
        double[] u = new double[m * k];
        double[] vt = new double[k * n];
        int info = openblas.LAPACKE_dgesdd(
                openblas.LAPACK_ROW_MAJOR, (byte) 'S', m, n, a.values().clone(), n, sigma, u, k, vt, n);
        if (info > 0) { // divide and conquer did not converge; the QR iteration is slower and surer
            info = openblas.LAPACKE_dgesvd(
                    openblas.LAPACK_ROW_MAJOR,
                    (byte) 'S',
                    (byte) 'S',
                    m,
                    n,
                    a.values().clone(),
                    n,
                    sigma,
                    u,
                    k,
                    vt,
                    n,
                    new double[k]);
        }
        check("dgesdd", info);
        fixSigns(u, vt, m, n, k);
        return new Svd(new Matrix(m, k, u), sigma, new Matrix(k, n, vt));
    }

    private static void fixSigns(double[] u, double[] vt, int m, int n, int k) {
        for (int j = 0; j < k; j++) {
            double largest = 0;
            for (int i = 0; i < m; i++) {
                if (Math.abs(u[i * k + j]) > Math.abs(largest)) {
                    largest = u[i * k + j];
                }
            }
            if (largest < 0) {
                for (int i = 0; i < m; i++) {
                    u[i * k + j] = -u[i * k + j];
                }
                for (int i = 0; i < n; i++) {
                    vt[j * n + i] = -vt[j * n + i];
                }
            }
        }
    }

    private static void check(String routine, int info) {
        if (info != 0) {
            throw new ArithmeticException(
                    "LAPACK " + routine + (info < 0 ? " refused argument " + -info : " did not converge"));
        }
    }
}
