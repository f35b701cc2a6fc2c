package dev.tributary.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointTest {

    private static final Path LLAMA = Path.of("src/test/resources/golden/llama/model/model.safetensors");
    private static final String NAME = "model.layers.1.mlp.up_proj.weight";

    @TempDir
    Path directory;

    @BeforeAll
    static void prepare() {
        NativeRuntime.prepare();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16", "F16"})
    void everyFloatingTypeIsWidenedToTheValuesInTheFile(DType dtype) {
        try (SafetensorsFile original = SafetensorsFile.open(LLAMA)) {
            write(
                    directory.resolve("model.safetensors"),
                    original,
                    List.copyOf(original.layout().names()),
                    dtype);
        }
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            for (String name : checkpoint.names()) {
                assertThat(Torch.floats(checkpoint.tensor(name))).isEqualTo(file.read(name));
            }
        }
    }

    @Test
    void shardsReadLikeOneFile() throws IOException {
        shard();

        try (Checkpoint checkpoint = Checkpoint.open(directory);
                SafetensorsFile original = SafetensorsFile.open(LLAMA)) {
            assertThat(checkpoint.names()).isEqualTo(original.layout().names());
            assertThat(checkpoint.shape(NAME)).isEqualTo(List.of(128, 64));
            assertThat(Torch.floats(checkpoint.tensor(NAME))).isEqualTo(original.read(NAME));
        }
        assertThat(Hashes.weights(directory)).hasSize(64);
    }

    @Test
    void missingShardIsNamed() throws IOException {
        shard();
        Files.delete(directory.resolve("model-00002-of-00002.safetensors"));

        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("model-00002-of-00002.safetensors")
                .hasMessageContaining("is not a file");
    }

    @Test
    void indexMustNotLeaveTheDirectory() throws IOException {
        Files.writeString(
                directory.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"../model.safetensors\"}}");

        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("'../model.safetensors'");
    }

    @Test
    void pickledWeightsAreRefusedWithTheWayOut() throws IOException {
        Files.writeString(directory.resolve("pytorch_model.bin"), "x");

        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("safe_serialization=True");
    }

    @Test
    void integerWeightsAreRefusedByName() throws IOException {
        Path batch = Path.of("src/test/resources/golden/llama/batch.safetensors");
        Files.copy(batch, directory.resolve("model.safetensors"));

        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("input_ids"))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("input_ids is I64");
        }
    }

    private void shard() throws IOException {
        StringBuilder index = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
        try (SafetensorsFile original = SafetensorsFile.open(LLAMA)) {
            List<String> names = new ArrayList<>(original.layout().names());
            for (int part = 0; part < 2; part++) {
                String file = "model-0000" + (part + 1) + "-of-00002.safetensors";
                List<String> own = names.subList(part * 10, part == 0 ? 10 : names.size());
                write(directory.resolve(file), original, own, DType.F32);
                own.forEach(name -> index.append(index.toString().endsWith("{") ? "" : ", ")
                        .append('"')
                        .append(name)
                        .append("\": \"")
                        .append(file)
                        .append('"'));
            }
        }
        Files.writeString(directory.resolve("model.safetensors.index.json"), index + "}}");
    }

    private static void write(Path path, SafetensorsFile from, List<String> names, DType dtype) {
        Layout layout = Layout.of(names.stream()
                .map(name -> new TensorInfo(name, dtype, from.layout().get(name).shape()))
                .toList());
        try (SafetensorsWriter writer = new SafetensorsWriter(path, layout, Map.of())) {
            names.forEach(name -> writer.write(name, from.read(name)));
        }
    }
}
