package dev.tributary.training.parity;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import java.nio.file.Path;
import java.util.List;

/** Recorded results for tests of other packages. */
public final class Fixtures {

    private static final List<String> NAMES = List.of(
            "bert/lora",
            "bert_small/all_linear",
            "bert_small/dora",
            "bert_small/vera",
            "gpt2/lora",
            "gpt2_small/all",
            "gpt2_small/dora",
            "llama/dora",
            "llama/lora",
            "llama/lora_all",
            "llama/rslora",
            "llama/vera",
            "llama_linear/head",
            "llama_linear/lora",
            "llama_linear/patterns",
            "llama_rope3/lora",
            "llama_yarn/lora",
            "mistral/lora",
            "qwen2/lora",
            "qwen2_window/lora",
            "qwen3/lora",
            "roberta/lora");

    private Fixtures() {}

    /** Of all fixtures, for example {@code llama/lora}. */
    public static List<String> names() {
        return NAMES;
    }

    public static Path directory(String name) {
        return Path.of("src/test/resources/golden").resolve(name);
    }

    /**
     * @param adapter after three steps, by our names
     * @param merged weights that PEFT merged with it
     */
    public record Recorded(Path model, AdapterConfig config, Tensors adapter, Tensors merged) {}

    public static Recorded of(String name) {
        Fixture fixture = Fixture.find(directory(name)).get(0);
        return new Recorded(
                fixture.modelDirectory(),
                fixture.config(),
                fixture.adapter("adapter_after_step3.safetensors"),
                fixture.merged());
    }
}
