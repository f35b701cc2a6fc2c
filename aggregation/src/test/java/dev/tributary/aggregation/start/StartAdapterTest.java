package dev.tributary.aggregation.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.Aggregation.Produced;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartAdapterTest {

    private static final AdapterConfig RANK_2 = AdapterConfig.lora(2, 4, List.of("query"));

    @TempDir
    Path directory;

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private static Tensors factors(String module, int rank, float a, float b) {
        return Tensors.builder()
                .put(module + ".lora_A.weight", filled(rank * 3, a), rank, 3)
                .put(module + ".lora_B.weight", filled(5 * rank, b), 5, rank)
                .build();
    }

    private Path before(AdapterConfig config, Tensors tensors) {
        Path path = directory.resolve("before");
        PeftDirectory.write(path, new PeftConfig(config, "tiny", "FEATURE_EXTRACTION", false), tensors);
        return path;
    }

    /** The fresh state of a method that keeps A frozen: two parts, and a head. */
    private Produced fresh() {
        Tensors frozen = Tensors.builder()
                .put("x.query.lora_A.weight", filled(6, 9), 2, 3)
                .build();
        Tensors adapter = Tensors.builder()
                .put("x.query.lora_B.weight", filled(10, 0), 5, 2)
                .put("classifier.weight", filled(4, 0), 2, 2)
                .build();
        TreeMap<String, Path> parts = new TreeMap<>();
        Map.of("frozen", frozen, "adapter", adapter).forEach((name, tensors) -> {
            Path path = directory.resolve(name + ".safetensors");
            SafetensorsWriter.write(path, tensors, Map.of());
            parts.put(name, path);
        });
        return new Produced(parts, Set.of(), Optional.empty(), new TreeMap<>());
    }

    private static float first(Produced produced, String part, String tensor) {
        try (SafetensorsFile file = SafetensorsFile.open(produced.newParts().get(part))) {
            return file.read(tensor)[0];
        }
    }

    @Test
    void theStateTakesTheValuesOfTheDirectoryInEveryPart() {
        Path before = before(RANK_2, factors("x.query", 2, 0.5f, 0.25f));

        Produced begun = StartAdapter.read(before, RANK_2).into(fresh(), directory);

        assertThat(first(begun, "frozen", "x.query.lora_A.weight")).isEqualTo(0.5f);
        assertThat(first(begun, "adapter", "x.query.lora_B.weight")).isEqualTo(0.25f);
        assertThat(first(begun, "adapter", "classifier.weight")).isZero();
    }

    @Test
    void aHeadBesideTheDirectoryIsTaken() {
        Path before = before(RANK_2, factors("x.query", 2, 0.5f, 0.25f));
        TensorSource head =
                Tensors.builder().put("classifier.weight", filled(4, 7), 2, 2).build();
        SafetensorsWriter.write(directory.resolve("head.safetensors"), head, Map.of());

        Produced begun = StartAdapter.read(before, RANK_2).into(fresh(), directory);

        assertThat(first(begun, "adapter", "classifier.weight")).isEqualTo(7);
    }

    @Test
    void anotherRankIsRefusedWithTheRankToSet() {
        Path before = before(AdapterConfig.lora(4, 4, List.of("query")), factors("x.query", 4, 1, 1));

        assertThatThrownBy(() -> StartAdapter.read(before, RANK_2))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("rank 4")
                .hasMessageContaining("adapter.rank");
    }

    @Test
    void anotherTypeIsRefused() {
        Path before = before(RANK_2, factors("x.query", 2, 1, 1));
        AdapterConfig rslora = new AdapterConfig(
                "rslora", 2, 4, List.of("query"), new TreeMap<>(), new TreeMap<>(), 0, List.of(), "kaiming");

        assertThatThrownBy(() -> StartAdapter.read(before, rslora)).hasMessageContaining("adapter.type: lora");
    }

    @Test
    void modulesThatOnlyOneSideHasAreNamed() {
        Path other = before(RANK_2, factors("y.query", 2, 1, 1));

        assertThatThrownBy(() -> StartAdapter.read(other, RANK_2).into(fresh(), directory))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("x.query");
    }
}
