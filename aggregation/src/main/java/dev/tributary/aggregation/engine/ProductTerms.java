package dev.tributary.aggregation.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Low-rank matrices L₁R₁, L₂R₂, ... of one shape (out, in), kept as factors. Norms of their linear combinations are found
 * without forming an (out, in) matrix: ⟨LᵢRᵢ, LⱼRⱼ⟩ = ⟨LᵢᵀLⱼ, RᵢRⱼᵀ⟩.
 */
public final class ProductTerms {

    private final List<Matrix> left = new ArrayList<>(); // (out, cᵢ)
    private final List<Matrix> right = new ArrayList<>(); // (cᵢ, in)

    /** Adds a term and gives its index. */
    public int add(Matrix l, Matrix r) {
        left.add(l);
        right.add(r);
        return left.size() - 1;
    }

    public int size() {
        return left.size();
    }

    public int columns(int index) {
        return left.get(index).columns();
    }

    /** Inner products ⟨term i, term j⟩ of all pairs. */
    public double[][] gram() {
        Matrix l = Matrix.beside(left);
        Matrix r = Matrix.stacked(right);
        Matrix ll = Products.transposeFirst(l, l);
        Matrix rr = Products.transposeSecond(r, r);
        int n = left.size();
        double[][] gram = new double[n][n];
        int row = 0;
        for (int i = 0; i < n; i++) {
            int column = 0;
            for (int j = 0; j < n; j++) {
                gram[i][j] = blockDot(
                        ll, rr, row, left.get(i).columns(), column, left.get(j).columns());
                column += left.get(j).columns();
            }
            row += left.get(i).columns();
        }
        return gram;
    }

    private static double blockDot(Matrix a, Matrix b, int row, int rows, int column, int columns) {
        double sum = 0;
        for (int i = row; i < row + rows; i++) {
            for (int j = column; j < column + columns; j++) {
                sum += a.get(i, j) * b.get(i, j);
            }
        }
        return sum;
    }

    /** ‖Σ cᵢ·LᵢRᵢ‖_F by QR of both stacks: exact to rounding even where the terms cancel. */
    public double normByQr(double[] coefficients) {
        List<Matrix> scaled = new ArrayList<>();
        List<Matrix> used = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            if (coefficients[i] != 0) {
                scaled.add(left.get(i).scaled(coefficients[i]));
                used.add(right.get(i));
            }
        }
        if (scaled.isEmpty()) {
            return 0;
        }
        Matrix l = Lapack.triangle(Matrix.beside(scaled));
        Matrix r = Lapack.triangle(Matrix.stacked(used).transposed());
        return Products.transposeSecond(l, r).frobeniusNorm();
    }

    /** cᵀ·G·d, the inner product of two combinations. */
    public static double inner(double[][] gram, double[] c, double[] d) {
        double sum = 0;
        for (int i = 0; i < c.length; i++) {
            for (int j = 0; j < d.length; j++) {
                sum += c[i] * gram[i][j] * d[j];
            }
        }
        return sum;
    }
}
