package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteCheckTest {

    @TempDir
    Path directory;

    @Test
    void ordinaryValuesPass() {
        assertThat(FiniteCheck.first(Tensors.builder()
                        .put("a", new float[] {0f, -0f, Float.MAX_VALUE, Float.MIN_VALUE}, 4)
                        .build()))
                .isEmpty();
    }

    @Test
    void theFirstBadValueIsNamed() {
        float[] values = new float[100_000];
        values[70_000] = Float.NEGATIVE_INFINITY;
        values[70_001] = Float.NaN;
        Tensors tensors = Tensors.builder()
                .put("a", new float[1], 1)
                .put("b", values, 100_000)
                .build();
        assertThat(FiniteCheck.first(tensors))
                .hasValue(new FiniteCheck.Found("b", 70_000, Float.NEGATIVE_INFINITY))
                .hasValueSatisfying(f -> assertThat(f).hasToString("b holds -Infinity at element 70000"));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void badValuesAreFoundInEveryEncoding(DType dtype) {
        Path path = directory.resolve("x.safetensors");
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            TensorInfo info = new TensorInfo("x", dtype, List.of(3));
            try (SafetensorsWriter writer = new SafetensorsWriter(path, Layout.of(List.of(info)), Map.of())) {
                writer.write("x", new float[] {1, 2, bad});
            }
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(FiniteCheck.first(file)).hasValue(new FiniteCheck.Found("x", 2, bad));
            }
        }
    }
}
