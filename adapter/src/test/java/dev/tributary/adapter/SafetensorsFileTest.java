package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsFileTest {

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("x.safetensors");
    }

    private static float[] random(int n) {
        Random random = new Random(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void whatWasWrittenIsRead() {
        Tensors tensors = Tensors.builder()
                .put("b", random(300_000), 300, 1000)
                .put("a", random(7), 7)
                .put("scalar", random(1))
                .put("empty", random(0), 0, 3)
                .build();
        SafetensorsWriter.write(path(), tensors, Map.of("format", "pt"));
        try (SafetensorsFile file = SafetensorsFile.open(path())) {
            assertThat(file.layout()).isEqualTo(tensors.layout());
            assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
            for (String name : tensors.layout().names()) {
                assertThat(file.read(name)).isEqualTo(tensors.read(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void piecesAddUpToTheWhole(DType dtype) {
        TensorInfo info = new TensorInfo("x", dtype, List.of(1000, 211));
        float[] values = random(211_000);
        try (SafetensorsWriter writer = new SafetensorsWriter(path(), Layout.of(List.of(info)), Map.of())) {
            writer.write("x", 200_000, values, 200_000, 11_000);
            writer.write("x", 0, values, 0, 200_000);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path())) {
            float[] whole = file.read("x");
            float[] pieces = new float[211_000];
            for (int at = 0; at < pieces.length; at += 777) {
                file.read("x", at, pieces, at, Math.min(777, pieces.length - at));
            }
            assertThat(pieces).isEqualTo(whole);
            float tolerance = dtype == DType.F32 ? 0f : 0.02f;
            int off = 0;
            for (int i = 0; i < values.length; i++) {
                off += Math.abs(whole[i] - values[i]) <= tolerance ? 0 : 1;
            }
            assertThat(off).isZero();
        }
    }

    @Test
    void equalContentGivesEqualBytes() throws Exception {
        Path other = directory.resolve("y.safetensors");
        SafetensorsWriter.write(
                path(),
                Tensors.builder().put("a", random(5), 5).put("b", random(6), 6).build(),
                Map.of("k", "v", "j", "w"));
        SafetensorsWriter.write(
                other,
                Tensors.builder().put("b", random(6), 6).put("a", random(5), 5).build(),
                Map.of("j", "w", "k", "v"));
        assertThat(Files.mismatch(path(), other)).isEqualTo(-1);
    }

    @Test
    void dataBeginsAtAMultipleOfEight() {
        SafetensorsWriter.write(path(), Tensors.builder().put("a", random(5), 5).build(), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path())) {
            assertThat(file.position("a") % 8).isZero();
        }
    }

    @Test
    void anUnfinishedFileIsNotClosedQuietly() {
        SafetensorsWriter writer = new SafetensorsWriter(path(), Layout.of(List.of(TensorInfo.f32("x", 4))), Map.of());
        writer.write("x", 0, new float[3], 0, 3);
        assertThatThrownBy(writer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 elements");
    }

    @Test
    void readingOutsideATensorIsRefused() {
        SafetensorsWriter.write(path(), Tensors.builder().put("a", random(5), 5).build(), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path())) {
            assertThatThrownBy(() -> file.read("a", 3, new float[9], 0, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read("a", Long.MAX_VALUE, new float[9], 0, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read("b")).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aFileCutShortWhileOpenIsAFormatError() throws Exception {
        SafetensorsWriter.write(
                path(), Tensors.builder().put("a", random(5000), 5000).build(), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path())) {
            Files.write(path(), new byte[100]);
            assertThatThrownBy(() -> file.read("a"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("ends at");
        }
    }
}
