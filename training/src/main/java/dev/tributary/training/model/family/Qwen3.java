package dev.tributary.training.model.family;

/** Qwen3 (Yang et al. 2025): Llama with an RMS norm on every head of q and k. */
final class Qwen3 {

    static final Family FAMILY = Llama.family("qwen3", config -> {
        boolean bias = config.flag("attention_bias", false);
        return new Llama.Variant(bias, bias, false, true, Qwen2.window(config));
    });

    private Qwen3() {}
}
