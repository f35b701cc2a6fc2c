package dev.tributary.aggregation.engine;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;

/** A dense fp64 matrix, row-major. The array is shared with the caller, not copied: owners do not write to it later. */
public record Matrix(int rows, int columns, double[] values) {

    public Matrix {
        if (rows < 0 || columns < 0 || (long) rows * columns != values.length) {
            throw new IllegalArgumentException(rows + "x" + columns + " does not hold " + values.length + " values");
        }
    }

    public static Matrix zeros(int rows, int columns) {
        return new Matrix(rows, columns, new double[Math.multiplyExact(rows, columns)]);
    }

    public static Matrix identity(int size) {
        Matrix result = zeros(size, size);
        for (int i = 0; i < size; i++) {
            result.values[i * size + i] = 1;
        }
        return result;
    }

    /** Reads a two-dimensional tensor and multiplies it by {@code factor}. */
    public static Matrix read(TensorSource source, String tensor, double factor) {
        TensorInfo info = source.layout().get(tensor);
        if (info.shape().size() != 2) {
            throw new IllegalArgumentException(tensor + " has shape " + info.shape() + ", not two dimensions");
        }
        float[] raw = source.read(tensor);
        double[] values = new double[raw.length];
        for (int i = 0; i < raw.length; i++) {
            values[i] = factor * raw[i];
        }
        return new Matrix(info.shape().get(0), info.shape().get(1), values);
    }

    public double get(int row, int column) {
        return values[row * columns + column];
    }

    /** This + factor·other. */
    public Matrix plus(double factor, Matrix other) {
        if (rows != other.rows || columns != other.columns) {
            throw new IllegalArgumentException("cannot add " + this + " and " + other);
        }
        double[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += factor * other.values[i];
        }
        return new Matrix(rows, columns, result);
    }

    public Matrix scaled(double factor) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = factor * values[i];
        }
        return new Matrix(rows, columns, result);
    }

    public Matrix transposed() {
        double[] result = new double[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = values[i * columns + j];
            }
        }
        return new Matrix(columns, rows, result);
    }

    /** Columns {@code from} up to, not including, {@code to}. */
    public Matrix columns(int from, int to) {
        Matrix result = zeros(rows, to - from);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * columns + from, result.values, i * (to - from), to - from);
        }
        return result;
    }

    /** Rows {@code from} up to, not including, {@code to}. */
    public Matrix rows(int from, int to) {
        return new Matrix(to - from, columns, java.util.Arrays.copyOfRange(values, from * columns, to * columns));
    }

    /** Sets the block whose upper left corner is at ({@code row}, {@code column}). */
    void put(int row, int column, Matrix block) {
        for (int i = 0; i < block.rows; i++) {
            System.arraycopy(block.values, i * block.columns, values, (row + i) * columns + column, block.columns);
        }
    }

    /** The parts side by side. */
    public static Matrix beside(java.util.List<Matrix> parts) {
        int columns = parts.stream().mapToInt(Matrix::columns).sum();
        Matrix result = zeros(parts.get(0).rows, columns);
        int at = 0;
        for (Matrix part : parts) {
            result.put(0, at, part);
            at += part.columns;
        }
        return result;
    }

    /** The parts one above the other. */
    public static Matrix stacked(java.util.List<Matrix> parts) {
        int rows = parts.stream().mapToInt(Matrix::rows).sum();
        Matrix result = zeros(rows, parts.get(0).columns);
        int at = 0;
        for (Matrix part : parts) {
            result.put(at, 0, part);
            at += part.rows;
        }
        return result;
    }

    public double frobeniusNorm() {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** Rounded to fp32, row-major. */
    public float[] toFloats() {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    @Override
    public String toString() {
        return "Matrix[" + rows + "x" + columns + "]";
    }
}
