package dev.tributary.aggregation.engine;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Matrix products in fp64 on ND4J. The library is loaded by the first product, which takes about a second. OpenBLAS is
 * told to use one thread: factors are thin, and a second thread costs more in waiting for the first than it gives, most
 * of all where something else runs beside it. A result does not depend on the number of processors then either.
 */
public final class Products {

    static {
        if (System.getProperty(ND4JSystemProperties.LOG_INITIALIZATION) == null) {
            System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
        }
        NativeLibraries.load(() -> {
            Nd4j.zeros(1).close(); // sets the threads of OpenBLAS itself, so it comes first
            openblas.blas_set_num_threads(1);
        });
    }

    private Products() {}

    /** Loads the library in the background, so that the first round does not wait for it. */
    public static void preload() {
        Thread thread = new Thread(() -> multiply(Matrix.zeros(1, 1), Matrix.zeros(1, 1)), "nd4j-preload");
        thread.setDaemon(true);
        thread.start();
    }

    /** a·b. */
    public static Matrix multiply(Matrix a, Matrix b) {
        return product(a, false, b, false);
    }

    /** aᵀ·b. */
    public static Matrix transposeFirst(Matrix a, Matrix b) {
        return product(a, true, b, false);
    }

    /** a·bᵀ. */
    public static Matrix transposeSecond(Matrix a, Matrix b) {
        return product(a, false, b, true);
    }

    private static Matrix product(Matrix a, boolean transposeA, Matrix b, boolean transposeB) {
        int rows = transposeA ? a.columns() : a.rows();
        int inner = transposeA ? a.rows() : a.columns();
        int columns = transposeB ? b.rows() : b.columns();
        if (inner != (transposeB ? b.columns() : b.rows())) {
            throw new IllegalArgumentException("cannot multiply " + a + " and " + b);
        }
        if (rows == 0 || columns == 0 || inner == 0) {
            return Matrix.zeros(rows, columns);
        }
        try (INDArray left = array(a);
                INDArray right = array(b);
                INDArray result = Nd4j.gemm(left, right, transposeA, transposeB);
                INDArray rowMajor = result.ordering() == 'c' ? null : result.dup('c')) {
            double[] values = new double[rows * columns];
            pointer(rowMajor == null ? result : rowMajor).get(values);
            return new Matrix(rows, columns, values);
        }
    }

    /** Copied in one piece: the library's own way copies value by value, which takes longer than the product. */
    private static INDArray array(Matrix matrix) {
        INDArray array = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {matrix.rows(), matrix.columns()}, 'c');
        pointer(array).put(matrix.values());
        return array;
    }

    private static DoublePointer pointer(INDArray array) {
        return new DoublePointer(array.data().pointer());
    }
}
