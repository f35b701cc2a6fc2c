package dev.tributary.training.model;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where the tensors of a training live and are computed: every tensor that enters a computation is made here or put here.
 *
 * @param index of the GPU as CUDA counts them; negative for the processor
 */
public record Device(int index) {

    public static final Device CPU = new Device(-1);

    private static final long STAGED = 1 << 20; // bytes

    /** The GPU of this index. Whether there is one is for {@link Gpus} to say. */
    public static Device cuda(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("the index of a GPU must be ≥ 0, was " + index);
        }
        return new Device(index);
    }

    public boolean isCuda() {
        return index >= 0;
    }

    /** A tensor of its own memory with the given values, row-major; it lives in the caller's pointer scope. */
    public Tensor floats(float[] values, long... shape) {
        return Torch.scoped(() -> own(torch.from_blob(new FloatPointer(values), shape)));
    }

    public Tensor floats(float[] values, List<Integer> shape) {
        return floats(values, Torch.shape(shape));
    }

    /** A vector of int64 indices. */
    public Tensor longs(long[] values) {
        return Torch.scoped(() -> own(
                torch.from_blob(new LongPointer(values), new long[] {values.length}, torch.dtype(ScalarType.Long))));
    }

    /**
     * Small arrays, such as those of a batch, reach a GPU through page-locked memory: the host then does not wait until
     * the GPU has done everything it was told before.
     */
    private Tensor own(Tensor borrowed) {
        if (!isCuda()) {
            return borrowed.clone();
        }
        if (borrowed.nbytes() > STAGED) {
            return put(borrowed);
        }
        ScalarType type = borrowed.scalar_type().intern();
        return borrowed.pin_memory().to(handle(), type, true, false, new MemoryFormatOptional());
    }

    /** {@code tensor} itself if it lives here, else a copy. */
    public Tensor put(Tensor tensor) {
        return isCuda() ? put(tensor, tensor.scalar_type().intern()) : tensor;
    }

    /** {@code tensor} in the given element type, itself if nothing about it changes. */
    public Tensor put(Tensor tensor, ScalarType type) {
        return tensor.to(handle(), type, false, false, new MemoryFormatOptional());
    }

    private org.bytedeco.pytorch.Device handle() {
        return isCuda()
                ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index)
                : new org.bytedeco.pytorch.Device(DeviceType.CPU);
    }

    /** {@code cpu} or {@code cuda:N}. */
    @Override
    public String toString() {
        return isCuda() ? "cuda:" + index : "cpu";
    }
}
