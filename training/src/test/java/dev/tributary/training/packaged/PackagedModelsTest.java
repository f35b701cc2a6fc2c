package dev.tributary.training.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.training.TrainingException;
import dev.tributary.training.tokenizer.TextTokenizer;
import dev.tributary.training.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagedModelsTest {

    @TempDir
    static Path shared;

    @TempDir
    private Path cache;

    @Test
    void miniLmHasEveryWeightOfTheCheckpointInFloat32() {
        Path directory = PackagedModels.resolve("minilm", shared);
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            var layout = file.layout();
            assertThat(layout.tensors()).hasSize(101);
            assertThat(layout.tensors().values()).allMatch(t -> t.dtype() == DType.F32);
            assertThat(layout.tensors().values().stream()
                            .mapToLong(t -> t.elements())
                            .sum())
                    .isEqualTo(22_565_376);
            assertThat(layout.get("embeddings.word_embeddings.weight").shape()).containsExactly(30522, 384);
            for (int i = 0; i < 6; i++) {
                String layer = "encoder.layer." + i + ".";
                for (String part : List.of("query", "key", "value")) {
                    assertThat(layout.get(layer + "attention.self." + part + ".weight")
                                    .shape())
                            .containsExactly(384, 384);
                }
                assertThat(layout.get(layer + "intermediate.dense.weight").shape())
                        .containsExactly(1536, 384);
                assertThat(layout.get(layer + "output.dense.weight").shape()).containsExactly(384, 1536);
            }
        }
    }

    /** Values read from the ONNX file by a separate Python script; the matrices there are (in, out). */
    @Test
    void matricesAreTransposedBack() {
        Path directory = PackagedModels.resolve("minilm", shared);
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            assertThat(file.read("encoder.layer.0.attention.self.query.weight")[1159])
                    .isEqualTo(0.00816902984f);
            assertThat(file.read("encoder.layer.5.intermediate.dense.weight")[576002])
                    .isEqualTo(0.0379740298f);
            assertThat(file.read("encoder.layer.2.output.dense.weight")[3071]).isEqualTo(-0.0821989775f);
            assertThat(file.read("embeddings.word_embeddings.weight")[2915333]).isEqualTo(0.105159156f);
            assertThat(file.read("encoder.layer.4.output.LayerNorm.bias")[383]).isEqualTo(-0.0298371837f);
        }
    }

    @Test
    void theDirectoryLoadsAsATokenizer() {
        try (TextTokenizer tokenizer = Tokenizers.load(PackagedModels.resolve("minilm", shared))) {
            assertThat(tokenizer.encode("Hello, world!", 128)).containsExactly(101, 7592, 1010, 2088, 999, 102);
        }
        try (TextTokenizer tokenizer = Tokenizers.load(PackagedModels.resolve("sotu-llama", shared))) {
            assertThat(tokenizer.encode("Hello", 128)).startsWith(1);
        }
    }

    @Test
    void nothingElseIsLeftBesideTheModel() throws IOException {
        PackagedModels.resolve("sotu-llama", cache);
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).containsExactly(cache.resolve("sotu-llama"));
        }
    }

    @Test
    void aChangedByteIsReportedWithPathAndChecksum() throws IOException {
        Path directory = damagedCopy();
        byte[] bytes = Files.readAllBytes(directory.resolve("model.safetensors"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(directory.resolve("model.safetensors"), bytes);
        assertThatThrownBy(() -> PackagedModels.resolve("sotu-llama", cache))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining(directory.resolve("model.safetensors").toString())
                .hasMessageContaining("expected c3b39659d11fa0bdb61dd0813b8e03dc2b88f352b712190f52fe4004e2413337")
                .hasMessageContaining("Delete the directory " + directory);
    }

    @Test
    void aTruncatedOrMissingFileIsReported() throws IOException {
        Path directory = damagedCopy();
        Files.writeString(directory.resolve("tokenizer.json"), "{");
        assertThatThrownBy(() -> PackagedModels.resolve("sotu-llama", cache))
                .hasMessageContaining("tokenizer.json is damaged")
                .hasMessageContaining("(1 bytes)");
        Files.delete(directory.resolve("tokenizer.json"));
        assertThatThrownBy(() -> PackagedModels.resolve("sotu-llama", cache)).hasMessageContaining("is missing");
    }

    @Test
    void deletingADamagedDirectoryRepairsIt() throws IOException {
        Path directory = damagedCopy();
        for (Path file : Files.list(directory).toList()) {
            Files.delete(file);
        }
        Files.delete(directory);
        assertThat(PackagedModels.resolve("sotu-llama", cache).resolve("model.safetensors"))
                .exists();
    }

    @Test
    void processesThatStartTogetherEndWithOneWholeModel() throws IOException {
        Path directory = cache.resolve("sotu-llama");
        IntStream.range(0, 4)
                .parallel()
                .forEach(i -> new ModelDirectory(PackagedModels.find("sotu-llama"), directory).prepare());
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).containsExactly(directory);
        }
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> PackagedModels.resolve("gpt5", cache))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("gpt5")
                .hasMessageContaining("minilm, sotu-llama");
    }

    /** A directory that this process has not verified, as after a restart. */
    private Path damagedCopy() throws IOException {
        Path source = PackagedModels.resolve("sotu-llama", shared);
        Path target = Files.createDirectories(cache.resolve("sotu-llama"));
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }
}
