package dev.tributary.training.model;

import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** A checkpoint whose linear weights are taken in bfloat16; all other tensors are float32. */
public final class HalfLinears implements FrozenTensors {

    private final Checkpoint checkpoint;

    public HalfLinears(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
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
        return checkpoint.tensor(name);
    }

    @Override
    public Tensor linearWeight(String module, boolean transposed) {
        return checkpoint.half(module + ".weight");
    }

    @Override
    public String where() {
        return checkpoint.where();
    }
}
