package dev.tributary.aggregation.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tensors drawn from a seed and a name, the same on every JDK and platform. The generator is SplitMix64 (Steele, Lea and
 * Flood 2014), started from the first eight bytes (big-endian) of SHA-256("tributary-init-1:" + seed + ":" + name). A
 * uniform value is the upper 53 bits times 2⁻⁵³; a normal pair is Box and Muller's, by {@link StrictMath}.
 */
public final class SeededTensors {

    private long state;

    public SeededTensors(long seed, String name) {
        byte[] text = ("tributary-init-1:" + seed + ":" + name).getBytes(StandardCharsets.UTF_8);
        try {
            state = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next 64 bits. */
    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    public double nextUniform() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Standard normal. */
    public double nextNormal() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextUniform()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextUniform());
    }

    /**
     * Kaiming-uniform with a = √5, as PEFT draws A: uniform in ±1/√in.
     *
     * @return (rows, in), row-major
     */
    public float[] kaiming(int rows, int in) {
        double bound = 1 / Math.sqrt(in);
        float[] values = new float[Math.multiplyExact(rows, in)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * nextUniform() - 1) * bound);
        }
        return values;
    }

    /** Independent standard normal values, row-major. */
    public Matrix normal(int rows, int columns) {
        Matrix result = Matrix.zeros(rows, columns);
        for (int i = 0; i < result.values().length; i++) {
            result.values()[i] = nextNormal();
        }
        return result;
    }

    /** Random orthonormal rows (rows ≤ columns), by Gram and Schmidt twice over normal rows. */
    public Matrix orthonormalRows(int rows, int columns) {
        if (rows > columns) {
            throw new IllegalArgumentException(rows + " orthonormal rows do not fit in " + columns + " dimensions");
        }
        Matrix result = normal(rows, columns);
        double[] v = result.values();
        for (int i = 0; i < rows; i++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double dot = 0;
                    for (int c = 0; c < columns; c++) {
                        dot += v[i * columns + c] * v[j * columns + c];
                    }
                    for (int c = 0; c < columns; c++) {
                        v[i * columns + c] -= dot * v[j * columns + c];
                    }
                }
            }
            double norm = 0;
            for (int c = 0; c < columns; c++) {
                norm += v[i * columns + c] * v[i * columns + c];
            }
            norm = Math.sqrt(norm);
            for (int c = 0; c < columns; c++) {
                v[i * columns + c] /= norm;
            }
        }
        return result;
    }
}
