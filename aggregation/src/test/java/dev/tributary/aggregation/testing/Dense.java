package dev.tributary.aggregation.testing;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;

/** The oracle: plain fp64 loops on full (out, in) matrices, sharing no code with what it checks. */
public final class Dense {

    private Dense() {}

    public static double[][] read(TensorSource source, String tensor) {
        TensorInfo info = source.layout().get(tensor);
        int rows = info.shape().get(0);
        int columns = info.shape().size() > 1 ? info.shape().get(1) : 1;
        float[] values = source.read(tensor);
        double[][] result = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[i][j] = values[i * columns + j];
            }
        }
        return result;
    }

    public static double[][] times(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < b[0].length; j++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    /** a + factor·b. */
    public static double[][] plus(double[][] a, double factor, double[][] b) {
        double[][] c = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                c[i][j] = a[i][j] + factor * b[i][j];
            }
        }
        return c;
    }

    public static double norm(double[][] a) {
        double sum = 0;
        for (double[] row : a) {
            for (double value : row) {
                sum += value * value;
            }
        }
        return Math.sqrt(sum);
    }

    /** ‖a − b‖_F / ‖b‖_F. */
    public static double distance(double[][] a, double[][] b) {
        return norm(plus(a, -1, b)) / norm(b);
    }
}
