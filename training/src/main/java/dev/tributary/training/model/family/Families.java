package dev.tributary.training.model.family;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.ModelConfig;
import java.util.List;
import java.util.stream.Collectors;

/** The supported families. A new one is its file and one line here. */
public final class Families {

    private static final List<Family> ALL = List.of(
            Bert.FAMILY,
            Roberta.FAMILY,
            Roberta.XLM,
            Llama.FAMILY,
            Mistral.FAMILY,
            Qwen2.FAMILY,
            Qwen3.FAMILY,
            Gpt2.FAMILY);

    private Families() {}

    /** @throws TrainingException if the architecture is not supported; the message lists those that are */
    public static Family of(ModelConfig config) {
        return ALL.stream()
                .filter(family -> family.modelType().equals(config.modelType()))
                .findFirst()
                .orElseThrow(() -> config.problem("model_type '" + config.modelType() + "' (" + config.architecture()
                        + ") is not supported. Supported: "
                        + ALL.stream().map(Family::modelType).collect(Collectors.joining(", "))));
    }
}
