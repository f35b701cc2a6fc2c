package dev.tributary.training.lora;

import dev.tributary.training.model.Adapters;
import dev.tributary.training.model.FrozenTensors;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import dev.tributary.training.model.Weights;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** A model of one linear module, in the caller's pointer scope. */
record SingleLinear(String module, int out, int in, Tensor weight) implements FrozenTensors {

    /** The module without an adapter; {@code weight} is (out, in), row-major. */
    static Linear of(String module, float[] weight, int out, int in) {
        return new Weights(new SingleLinear(module, out, in, Torch.of(weight, out, in)), Adapters.NONE)
                .linear(module, out, in, false);
    }

    @Override
    public Set<String> names() {
        return Set.of(module + ".weight");
    }

    @Override
    public List<Integer> shape(String name) {
        return List.of(out, in);
    }

    @Override
    public Tensor tensor(String name) {
        return weight;
    }

    @Override
    public String where() {
        return "test";
    }
}
