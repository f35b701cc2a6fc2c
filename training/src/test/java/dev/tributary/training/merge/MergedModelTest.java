package dev.tributary.training.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import dev.tributary.training.parity.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergedModelTest {

    @TempDir
    Path temp;

    /** PEFT's own merge of the same adapter is the reference; gpt2 stores its weights transposed. */
    @ParameterizedTest
    @ValueSource(strings = {"llama/lora", "llama/rslora", "llama/dora", "gpt2/lora", "bert/lora"})
    void weightsAreThoseThatPeftMerges(String fixture) {
        Fixtures.Recorded recorded = Fixtures.of(fixture);
        Path out = temp.resolve("merged");

        assertThat(MergedModel.write(recorded.model(), recorded.config(), recorded.adapter(), out))
                .isNotEmpty();

        Tensors expected = recorded.merged();
        try (SafetensorsFile base = SafetensorsFile.open(recorded.model().resolve("model.safetensors"));
                SafetensorsFile merged = SafetensorsFile.open(out.resolve("model.safetensors"))) {
            assertThat(merged.layout().names()).containsAll(base.layout().names());
            for (TensorInfo info : base.layout().tensors().values()) {
                float[] wanted = Stream.of(expected, recorded.adapter(), base)
                        .filter(source -> source.layout().names().contains(info.name()))
                        .findFirst()
                        .orElseThrow()
                        .read(info.name());
                float[] found = merged.read(info.name());
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(found[i]).as(info.name()).isCloseTo(wanted[i], within(1e-5f));
                }
            }
        }
        assertThat(out.resolve("config.json")).exists();
    }

    @Test
    void aDirectoryWithFilesIsLeftAlone() throws Exception {
        Fixtures.Recorded recorded = Fixtures.of("llama/lora");
        Path out = Files.createDirectory(temp.resolve("full"));
        Files.writeString(out.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> MergedModel.write(recorded.model(), recorded.config(), recorded.adapter(), out))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("holds files already");
        assertThat(out).isDirectoryContaining("glob:**notes.txt");
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() {
        Fixtures.Recorded llama = Fixtures.of("llama/lora");
        Fixtures.Recorded bert = Fixtures.of("bert/lora");

        assertThatThrownBy(() -> MergedModel.write(bert.model(), llama.config(), llama.adapter(), temp.resolve("x")))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("belongs to no module");
    }
}
