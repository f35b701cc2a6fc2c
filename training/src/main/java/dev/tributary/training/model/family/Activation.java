package dev.tributary.training.model.family;

import dev.tributary.training.model.ModelConfig;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Activation functions under the names of {@code config.json}. */
final class Activation {

    private Activation() {}

    static String checked(ModelConfig config, String key, String otherwise) {
        return config.oneOf(
                key, otherwise, "gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu", "swish", "tanh");
    }

    static Tensor apply(String name, Tensor x) {
        return switch (name) {
            case "gelu" -> torch.gelu(x); // by erf
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> torch.gelu(x, "tanh");
            case "relu" -> torch.relu(x);
            case "silu", "swish" -> torch.silu(x);
            case "tanh" -> torch.tanh(x);
            default -> throw new IllegalArgumentException("unknown activation " + name);
        };
    }
}
