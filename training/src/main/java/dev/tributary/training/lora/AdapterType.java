package dev.tributary.training.lora;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Linear;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How the tensors of one adapter type change a linear module. A new type is its file and one line in {@link #ALL}. */
interface AdapterType {

    Map<String, AdapterType> ALL = new TreeMap<>(Map.of(
            "lora", Lora::of,
            "rslora", Lora::of,
            "lora-fa", Lora::of,
            "pissa", Lora::of,
            "olora", Lora::of,
            "dora", Dora::of,
            "vera", Vera::of,
            "lora-xs", LoraXs::of,
            "lora-sb", LoraXs::of,
            "ravan", Ravan::of));

    /** The adapter of {@code module}, or null if {@code tensors} have none for it. */
    @Nullable
    Delta delta(Linear module, AdapterTensors tensors);

    static AdapterType named(String name) {
        AdapterType type = ALL.get(name);
        if (type == null) {
            throw new TrainingException(
                    "adapter.type '" + name + "' is not supported. Supported: " + String.join(", ", ALL.keySet()));
        }
        return type;
    }
}
