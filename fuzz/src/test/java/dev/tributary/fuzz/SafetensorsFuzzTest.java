package dev.tributary.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A file is refused by a {@link FormatException}, or reads, writes and reads again as the same. */
class SafetensorsFuzzTest {

    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = "2m")
    void aFileIsReadOrRefused(byte[] bytes) throws IOException {
        Path path = Files.write(directory.resolve("fuzz.safetensors"), bytes);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.layout().byteLength()).isLessThanOrEqualTo(bytes.length);
            roundTrip(file);
        } catch (FormatException e) {
            assertThat(e).hasMessageContaining("fuzz.safetensors");
        }
    }

    private static void roundTrip(SafetensorsFile file) {
        boolean floats = file.layout().tensors().values().stream()
                .allMatch(t -> t.dtype().isFloat());
        if (!floats) {
            return; // integers are for token ids and are not written by this platform
        }
        Path copy = directory.resolve("copy.safetensors");
        SafetensorsWriter.write(copy, file, file.metadata());
        try (SafetensorsFile again = SafetensorsFile.open(copy)) {
            assertThat(again.layout()).isEqualTo(file.layout());
            assertThat(again.metadata()).isEqualTo(file.metadata());
            for (String name : file.layout().names()) {
                assertThat(again.read(name)).isEqualTo(file.read(name));
            }
        }
    }
}
