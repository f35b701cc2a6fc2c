package dev.tributary.training.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenParityTest {

    @ParameterizedTest
    @ValueSource(strings = {"bert/lora", "gpt2/lora", "llama/lora", "llama/lora_all", "llama/rslora", "qwen2/lora"})
    void everyRecordedResultOfPyTorchIsReproduced(String fixture) {
        List<ParityCheck.Check> checks =
                ParityCheck.run(Path.of("src/test/resources/golden").resolve(fixture));

        checks.forEach(System.out::println);
        assertThat(checks).hasSizeGreaterThanOrEqualTo(11).allMatch(ParityCheck.Check::passed);
    }
}
