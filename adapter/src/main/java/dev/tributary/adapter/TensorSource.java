package dev.tributary.adapter;

/**
 * A set of named tensors that can be read one at a time. Implemented by a safetensors file on disk (positional reads,
 * nothing held in memory) and by {@link Tensors} in memory. Implementations are safe for concurrent reads.
 */
public interface TensorSource {

    Layout layout();

    /**
     * Reads {@code count} elements of a floating-point tensor, starting at {@code from} (row-major), widened to fp32.
     *
     * @throws java.util.NoSuchElementException if there is no such tensor
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    void read(String name, long from, float[] into, int offset, int count);

    /** The whole tensor as fp32, row-major. */
    default float[] read(String name) {
        float[] values = new float[Math.toIntExact(layout().get(name).elements())];
        read(name, 0, values, 0, values.length);
        return values;
    }
}
