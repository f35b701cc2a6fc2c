package dev.tributary.training.model.family;

import dev.tributary.training.model.Attention;

/** Mistral (Jiang et al. 2023): Llama whose tokens may see a sliding window only. */
final class Mistral {

    static final Family FAMILY = Llama.family("mistral", config -> {
        int window = config.positive("sliding_window", Attention.NO_WINDOW);
        return new Llama.Variant(false, false, false, false, layer -> window);
    });

    private Mistral() {}
}
