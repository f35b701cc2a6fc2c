package dev.tributary.training.model.family;

import dev.tributary.training.model.Head;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model family: how {@code config.json} and weights become a transformer with its heads.
 *
 * @param modelType {@code model_type} in {@code config.json}
 * @param classifier the family's own sequence classifier ({@code pooling: model})
 * @param languageHead scores of the next token; null for encoders
 * @param otherTensors parts of tensor names that a checkpoint may have beside the transformer (heads, buffers)
 */
public record Family(
        String modelType,
        Body body,
        Classifier classifier,
        @Nullable LanguageHead languageHead,
        List<String> otherTensors) {

    /** Makes the transformer itself. */
    public interface Body {
        Transformer create(ModelConfig config, Weights weights);
    }

    /** Makes a head whose logits are (size, labels). */
    public interface Classifier {
        Head create(Transformer body, ModelConfig config, Weights weights, int labels);
    }

    /** Makes a head whose logits are (tokens, vocabulary). */
    public interface LanguageHead {
        Head create(Transformer body, ModelConfig config, Weights weights);
    }

    public Family {
        otherTensors = List.copyOf(otherTensors);
    }

    static Family encoder(String modelType, Body body, Classifier classifier, String... otherTensors) {
        return new Family(modelType, body, classifier, null, List.of(otherTensors));
    }
}
