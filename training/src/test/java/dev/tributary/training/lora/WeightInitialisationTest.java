package dev.tributary.training.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.NativeRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightInitialisationTest {

    private static final String PREFIX = "after.base_model.model.";

    @BeforeAll
    static void prepare() {
        NativeRuntime.prepare();
    }

    @ParameterizedTest
    @CsvSource({
        "pissa, model.layers.0.self_attn.q_proj, 32, 32",
        "pissa, model.layers.0.self_attn.v_proj, 16, 32",
        "olora, model.layers.0.self_attn.q_proj, 32, 32",
        "olora, model.layers.0.self_attn.v_proj, 16, 32"
    })
    void factorsAndBaseBeginAsInPeft(String kind, String module, int out, int in) {
        Path file = Path.of("src/test/resources/golden/initialisation/" + kind + ".safetensors");
        try (SafetensorsFile recorded = SafetensorsFile.open(file);
                PointerScope scope = new PointerScope()) {
            Linear linear = linear(recorded, module, out, in);
            WeightInitialisation begin = WeightInitialisation.of(config("lora", kind), List.of(linear));
            float[] a = begin.tensors().read(module + ".lora_A.weight");
            float[] b = begin.tensors().read(module + ".lora_B.weight");

            assertThat(product(b, a, out, 2, in))
                    .containsExactly(
                            product(
                                    recorded.read(PREFIX + module + ".lora_B.default.weight"),
                                    recorded.read(PREFIX + module + ".lora_A.default.weight"),
                                    out,
                                    2,
                                    in),
                            within(1e-5f)); // the signs of single vectors are free, their product is not
            float[] residual = recorded.read("base." + module + ".weight");
            float[] fold =
                    product(begin.fold().read(module + ".fold_P"), begin.fold().read(module + ".fold_Q"), out, 2, in);
            for (int i = 0; i < residual.length; i++) {
                residual[i] += fold[i];
            }
            assertThat(residual).containsExactly(recorded.read(PREFIX + module + ".base_layer.weight"), within(1e-5f));
        }
    }

    @Test
    void loraXsAtFullRankRebuildsTheWeight() {
        Path file = Path.of("src/test/resources/golden/initialisation/pissa.safetensors");
        String module = "model.layers.0.self_attn.v_proj";
        try (SafetensorsFile recorded = SafetensorsFile.open(file);
                PointerScope scope = new PointerScope()) {
            Linear linear = linear(recorded, module, 16, 32);
            AdapterConfig full = new AdapterConfig(
                    "lora-xs", 16, 16, List.of("v_proj"), new TreeMap<>(), new TreeMap<>(), 0, List.of(), "kaiming");
            Tensors begin = WeightInitialisation.of(full, List.of(linear)).tensors();

            assertThat(product(
                            begin.read(module + ".lora_B.weight"), begin.read(module + ".lora_A.weight"), 16, 16, 32))
                    .containsExactly(recorded.read("base." + module + ".weight"), within(1e-5f));
            assertThat(begin.read(module + ".lora_R.weight")).containsOnly(0f);
        }
    }

    @Test
    void doraMagnitudesAreTheNormsOfTheRows() {
        Path file = Path.of("src/test/resources/golden/initialisation/pissa.safetensors");
        String module = "model.layers.0.self_attn.v_proj";
        try (SafetensorsFile recorded = SafetensorsFile.open(file);
                PointerScope scope = new PointerScope()) {
            Linear linear = linear(recorded, module, 16, 32);
            float[] found = WeightInitialisation.of(config("dora", "kaiming"), List.of(linear))
                    .tensors()
                    .read(module + ".lora_magnitude_vector");
            float[] weight = recorded.read("base." + module + ".weight");
            for (int row = 0; row < 16; row++) {
                double squares = 0;
                for (int c = 0; c < 32; c++) {
                    squares += weight[row * 32 + c] * (double) weight[row * 32 + c];
                }
                assertThat((double) found[row]).isCloseTo(Math.sqrt(squares), within(1e-5));
            }
        }
    }

    private static AdapterConfig config(String type, String initialisation) {
        return new AdapterConfig(
                type,
                2,
                4,
                List.of("q_proj", "v_proj"),
                new TreeMap<>(),
                new TreeMap<>(),
                0,
                List.of(),
                initialisation);
    }

    private static Linear linear(SafetensorsFile recorded, String module, int out, int in) {
        return SingleLinear.of(module, recorded.read("base." + module + ".weight"), out, in);
    }

    private static float[] product(float[] left, float[] right, int rows, int inner, int columns) {
        float[] product = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += (double) left[i * inner + k] * right[k * columns + j];
                }
                product[i * columns + j] = (float) sum;
            }
        }
        return product;
    }
}
