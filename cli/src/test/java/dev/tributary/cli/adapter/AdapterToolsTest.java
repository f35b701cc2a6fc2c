package dev.tributary.cli.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.Tensors;
import dev.tributary.cli.CommandLineResult;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterToolsTest {

    private static final String QUERY = "encoder.layer.0.attention.self.query";

    @TempDir
    Path directory;

    /** A rank-1 adapter on one module of MiniLM: B·A with all of B and A the same. */
    private Path adapter(String name, float a, float b, double alpha) {
        Tensors tensors = Tensors.builder()
                .put(QUERY + ".lora_A.weight", filled(384, a), 1, 384)
                .put(QUERY + ".lora_B.weight", filled(384, b), 384, 1)
                .build();
        AdapterConfig config = AdapterConfig.lora(1, alpha, List.of("query"));
        Path path = directory.resolve(name);
        PeftDirectory.write(path, new PeftConfig(config, "minilm", "FEATURE_EXTRACTION", false), tensors);
        return path;
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        java.util.Arrays.fill(values, value);
        return values;
    }

    @Test
    void diffSeesNoDifferenceWhereTheProductsAgree() {
        Path first = adapter("first", 0.5f, 0.25f, 2);
        Path second = adapter("second", 1, 0.25f, 1);

        CommandLineResult result = CommandLineResult.of("adapter", "diff", first.toString(), second.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("1.000000", QUERY);
    }

    @Test
    void diffGivesTheNormOfTheDifference() {
        Path first = adapter("first", 0.5f, 0.5f, 1);
        Path second = adapter("second", 0.5f, 0.25f, 1);

        CommandLineResult result = CommandLineResult.of("adapter", "diff", first.toString(), second.toString());

        assertThat(result.status()).isEqualTo(1);
        // every one of 384 × 384 entries: 0.25, 0.125 and 0.125
        assertThat(result.out()).containsPattern("all +96\\.000 +48\\.000 +48\\.000 +1\\.000000");
    }

    @Test
    void mergedModelIsReadAsAnyOther() {
        Path adapter = adapter("adapter", 0.01f, 0.01f, 1);
        Path out = directory.resolve("merged");

        CommandLineResult merged = CommandLineResult.of(
                "adapter", "merge", adapter.toString(), "--base", "minilm", "--out", out.toString());
        CommandLineResult info = CommandLineResult.of("model", "info", out.toString(), "--json");

        assertThat(merged.status()).as(merged.err()).isZero();
        assertThat(merged.out()).contains("Merged 1 modules");
        assertThat(info.status()).as(info.err()).isZero();
        String base = CommandLineResult.of(
                        "model", "info", PackagedModels.resolve("minilm").toString(), "--json")
                .out();
        assertThat(info.out()).contains("BertModel").isNotEqualTo(base);
    }

    @Test
    void aBaseThatTheAdapterDoesNotFitIsNamed() {
        Path adapter = adapter("adapter", 0.01f, 0.01f, 1);

        CommandLineResult result = CommandLineResult.of(
                "adapter",
                "merge",
                adapter.toString(),
                "--base",
                "sotu-llama",
                "--out",
                directory.resolve("x").toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains(QUERY, "belongs to no module").doesNotContain("\tat ");
    }
}
