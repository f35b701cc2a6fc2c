package dev.tributary.training.model;

import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The frozen tensors of a base model in float32 (linear weights possibly in bfloat16), shared by every training on it. Safe for
 * concurrent use.
 */
public interface FrozenTensors {

    Set<String> names();

    /** Shape as stored. */
    List<Integer> shape(String name);

    /** The tensor; never to be written to. It lives as long as the model is open. */
    Tensor tensor(String name);

    /** The stored weight of a linear module, folds included; {@code transposed} says that it is stored as (in, out). */
    default Tensor linearWeight(String module, boolean transposed) {
        return tensor(module + ".weight");
    }

    /** Where the tensors live. */
    default Device device() {
        return Device.CPU;
    }

    /** Where the tensors come from, for messages. */
    String where();
}
