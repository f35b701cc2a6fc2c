package dev.tributary.adapter;

import java.util.List;

/**
 * Name, element type and shape of one stored tensor.
 *
 * @param name the key in its file, for example {@code encoder.layer.0.attention.self.query.lora_A.weight}
 * @param shape dimensions, row-major; empty for a scalar
 */
public record TensorInfo(String name, DType dtype, List<Integer> shape) {

    public TensorInfo {
        shape = List.copyOf(shape);
        for (int dim : shape) {
            if (dim < 0) {
                throw new IllegalArgumentException("tensor " + name + ": negative dimension in " + shape);
            }
        }
    }

    public static TensorInfo f32(String name, int... shape) {
        return new TensorInfo(
                name, DType.F32, java.util.Arrays.stream(shape).boxed().toList());
    }

    /** Number of elements. */
    public long elements() {
        long n = 1;
        for (int dim : shape) {
            n = Math.multiplyExact(n, (long) dim);
        }
        return n;
    }

    /** Bytes the tensor occupies in a file. */
    public long byteLength() {
        return Math.multiplyExact(elements(), (long) dtype.bytes());
    }
}
