package dev.tributary.training.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import java.nio.file.Path;
import java.util.List;

/** A tiny classifier with LoRA on query and value, and an engine of one thread for it. */
record TinyBert(TorchEngine engine, Path model, Tensors start) implements AutoCloseable {

    static final AdapterConfig LORA = AdapterConfig.lora(4, 8, List.of("query", "value"));

    static TinyBert open(Path temp) {
        TorchEngine engine = new TorchEngine(1);
        Path model = TinyModel.copy("bert", temp.resolve("bert"));
        return new TinyBert(engine, model, TinyModel.start(engine.describe("tiny", model), LORA, 3));
    }

    @Override
    public void close() {
        engine.close();
    }
}
