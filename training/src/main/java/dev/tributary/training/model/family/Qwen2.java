package dev.tributary.training.model.family;

import dev.tributary.training.model.Attention;
import dev.tributary.training.model.ModelConfig;
import java.util.List;
import java.util.function.Function;

/** Qwen2 and Qwen2.5 (Yang et al. 2024): Llama with biases on q, k and v; some layers may see a sliding window only. */
final class Qwen2 {

    static final Family FAMILY =
            Llama.family("qwen2", config -> new Llama.Variant(true, false, false, false, window(config)));

    private Qwen2() {}

    /** What each layer sees: by {@code layer_types}, or by {@code max_window_layers} in older configurations. */
    static Function<Integer, Integer> window(ModelConfig config) {
        if (!config.flag("use_sliding_window", false)) {
            return layer -> Attention.NO_WINDOW;
        }
        int window = config.positive("sliding_window", Attention.NO_WINDOW);
        List<String> types = config.texts("layer_types");
        int first = config.integer("max_window_layers", 28);
        return layer -> {
            boolean slides = layer < types.size() ? types.get(layer).equals("sliding_attention") : layer >= first;
            return slides ? window : Attention.NO_WINDOW;
        };
    }
}
