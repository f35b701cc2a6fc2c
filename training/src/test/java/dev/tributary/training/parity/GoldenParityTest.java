package dev.tributary.training.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.training.model.Device;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenParityTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
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
                "roberta/lora"
            })
    void everyRecordedResultOfPyTorchIsReproduced(String fixture) {
        List<ParityCheck.Check> checks =
                ParityCheck.run(Path.of("src/test/resources/golden").resolve(fixture), Device.CPU);

        checks.forEach(System.out::println);
        assertThat(checks).hasSizeGreaterThanOrEqualTo(11).allMatch(ParityCheck.Check::passed);
    }
}
