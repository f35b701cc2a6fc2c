package dev.tributary.training.parity;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import java.nio.file.Path;

/** Recorded results for tests of other packages. */
public final class Fixtures {

    private Fixtures() {}

    /**
     * @param adapter after three steps, by our names
     * @param merged weights that PEFT merged with it
     */
    public record Recorded(Path model, AdapterConfig config, Tensors adapter, Tensors merged) {}

    /** @param name for example {@code llama/lora} */
    public static Recorded of(String name) {
        Fixture fixture =
                Fixture.find(Path.of("src/test/resources/golden").resolve(name)).get(0);
        return new Recorded(
                fixture.modelDirectory(),
                fixture.config(),
                fixture.adapter("adapter_after_step3.safetensors"),
                fixture.merged());
    }
}
