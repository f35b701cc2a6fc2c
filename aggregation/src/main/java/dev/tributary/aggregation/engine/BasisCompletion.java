package dev.tributary.aggregation.engine;

import java.util.ArrayList;
import java.util.List;

/** Fills up orthonormal rows, so that a rank that carries nothing yet can still learn. */
public final class BasisCompletion {

    private static final double TOO_SMALL = 1e-6;

    private BasisCompletion() {}

    /**
     * Adds rows until there are {@code rows}: those of {@code candidates} as far as they are independent, then random ones;
     * each made orthogonal to all before it and of length 1.
     *
     * @param basis orthonormal rows (k, n), k ≤ rows ≤ n
     */
    public static Matrix complete(Matrix basis, Matrix candidates, int rows, SeededTensors random) {
        List<double[]> done = new ArrayList<>();
        for (int i = 0; i < Math.min(rows, basis.rows()); i++) {
            done.add(basis.rows(i, i + 1).values());
        }
        for (int i = 0; i < candidates.rows() && done.size() < rows; i++) {
            add(candidates.rows(i, i + 1).values(), done);
        }
        while (done.size() < rows) {
            add(random.normal(1, basis.columns()).values(), done);
        }
        return Matrix.stacked(
                done.stream().map(row -> new Matrix(1, row.length, row)).toList());
    }

    private static void add(double[] row, List<double[]> done) {
        double before = norm(row);
        double[] v = row.clone();
        for (int pass = 0; pass < 2; pass++) {
            for (double[] other : done) {
                double dot = 0;
                for (int i = 0; i < v.length; i++) {
                    dot += v[i] * other[i];
                }
                for (int i = 0; i < v.length; i++) {
                    v[i] -= dot * other[i];
                }
            }
        }
        double after = norm(v);
        if (before > 0 && after > TOO_SMALL * before) {
            for (int i = 0; i < v.length; i++) {
                v[i] /= after;
            }
            done.add(v);
        }
    }

    private static double norm(double[] v) {
        double sum = 0;
        for (double x : v) {
            sum += x * x;
        }
        return Math.sqrt(sum);
    }
}
