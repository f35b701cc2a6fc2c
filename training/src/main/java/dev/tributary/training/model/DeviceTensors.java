package dev.tributary.training.model;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A checkpoint on a GPU, copied tensor by tensor at first use. In bfloat16 all tensors are, the norms and embeddings too,
 * so that activations are bfloat16 from end to end; sums are taken in float32 by the kernels.
 */
public final class DeviceTensors implements FrozenTensors, AutoCloseable {

    private final Checkpoint checkpoint;
    private final Device device;
    private final ScalarType type;
    private final ConcurrentHashMap<String, Tensor> copied = new ConcurrentHashMap<>();

    /** @param half bfloat16 instead of float32 */
    public DeviceTensors(Checkpoint checkpoint, Device device, boolean half) {
        this.checkpoint = checkpoint;
        this.device = device;
        this.type = half ? ScalarType.BFloat16 : ScalarType.Float;
    }

    @Override
    public Set<String> names() {
        return checkpoint.names();
    }

    @Override
    public List<Integer> shape(String name) {
        return checkpoint.shape(name);
    }

    @Override
    public Tensor tensor(String name) {
        return copied.computeIfAbsent(name, this::copy);
    }

    private Tensor copy(String name) {
        Tensor stored = checkpoint.read(name, type);
        try (PointerScope scope = new PointerScope()) {
            return device.put(stored, type).retainReference();
        } finally {
            stored.releaseReference();
        }
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public String where() {
        return checkpoint.where();
    }

    @Override
    public void close() {
        copied.values().forEach(Tensor::releaseReference);
        copied.clear();
    }
}
