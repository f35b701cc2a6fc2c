package dev.tributary.aggregation.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.testing.Dense;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftMergeTest {

    private static final List<String> MODULES = List.of("layers.0.q_proj", "layers.1.q_proj");
    private static final int OUT = 9;
    private static final int IN = 14;

    @TempDir
    Path directory;

    private int works;

    private Path adapter(String name, AdapterConfig config, long seed) {
        Random random = new Random(seed);
        Tensors.Builder tensors = Tensors.builder();
        for (String module : MODULES) {
            int rank = config.rankOf(module);
            tensors.put(module + ".lora_A.weight", normal(rank * IN, random), rank, IN);
            tensors.put(module + ".lora_B.weight", normal(OUT * rank, random), OUT, rank);
        }
        Path path = directory.resolve(name);
        PeftDirectory.write(path, new PeftConfig(config, "base", "CAUSAL_LM", false), tensors.build());
        return path;
    }

    private static float[] normal(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static AdapterConfig lora(int rank, double alpha) {
        return AdapterConfig.lora(rank, alpha, List.of("q_proj"));
    }

    private PeftMerge.Merged merge(String method, int rank, List<Long> weights, List<Path> from, Path out) {
        return new PeftMerge(method, Map.of()).merge(from, weights, out, rank, directory.resolve("work-" + works++));
    }

    private static double[][] delta(Path path, String module) {
        try (PeftDirectory peft = PeftDirectory.open(path)) {
            return delta(peft, module);
        }
    }

    private static double[][] delta(PeftDirectory peft, String module) {
        double[][] product = Dense.times(
                Dense.read(peft.tensors(), module + ".lora_B.weight"),
                Dense.read(peft.tensors(), module + ".lora_A.weight"));
        double[][] zero = new double[product.length][product[0].length];
        return Dense.plus(zero, peft.config().adapter().scalingOf(module), product);
    }

    /** 0.3·Δ₁ + 0.7·Δ₂ by dense matrices. */
    private static double[][] ideal(List<Path> from, String module) {
        return Dense.plus(
                Dense.plus(new double[OUT][IN], 0.3, delta(from.get(0), module)), 0.7, delta(from.get(1), module));
    }

    @ParameterizedTest
    @CsvSource({"fedex,2,4", "flora,2,4", "flora,3,5", "fedex,3,6", "fedmomentum,2,4"})
    void exactMethodsGiveTheMeanOfProductsAsExtraRank(String method, int secondRank, int rank) {
        List<Path> from = List.of(adapter("one", lora(2, 4), 1), adapter("two", lora(secondRank, 9), 2));
        Path out = directory.resolve("out");

        PeftMerge.Merged merged = merge(method, 0, List.of(300L, 700L), from, out);

        assertThat(merged.rank()).isEqualTo(rank);
        assertThat(merged.relativeError()).isLessThan(1e-6);
        for (String module : MODULES) {
            assertThat(Dense.distance(delta(out, module), ideal(from, module))).isLessThan(1e-6);
        }
    }

    /** golden/fedex/fedex.py wrote the adapters, and the mean of their products as dense matrices. */
    @Test
    void fedexOnPeftDirectoriesIsWhatNumPyComputes() {
        Path golden = Path.of("src/test/resources/golden/fedex");
        Path out = directory.resolve("out");

        merge("fedex", 0, List.of(300L, 700L), List.of(golden.resolve("one"), golden.resolve("two")), out);

        try (PeftDirectory found = PeftDirectory.open(out);
                SafetensorsFile wanted = SafetensorsFile.open(golden.resolve("mean.safetensors"))) {
            assertThat(wanted.layout().names()).hasSize(2);
            for (String module : wanted.layout().names()) {
                assertThat(Dense.distance(delta(found, module), Dense.read(wanted, module)))
                        .isLessThan(1e-6);
            }
        }
    }

    @Test
    void aTruncationReportsItsError() {
        List<Path> from = List.of(adapter("one", lora(2, 4), 1), adapter("two", lora(2, 4), 2));
        Path out = directory.resolve("out");

        PeftMerge.Merged merged = merge("flora", 2, List.of(300L, 700L), from, out);

        double error = 0;
        double size = 0;
        for (String module : MODULES) {
            double[][] ideal = ideal(from, module);
            error += Math.pow(Dense.norm(Dense.plus(delta(out, module), -1, ideal)), 2);
            size += Math.pow(Dense.norm(ideal), 2);
        }
        assertThat(merged.rank()).isEqualTo(2);
        assertThat(merged.relativeError())
                .isGreaterThan(0.01)
                .isCloseTo(Math.sqrt(error / size), org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void theMeanOfFactorsKeepsItsRankAndReportsWhatItMisses() {
        List<Path> from = new ArrayList<>(List.of(adapter("one", lora(2, 4), 1), adapter("two", lora(2, 4), 2)));

        PeftMerge.Merged merged = merge("fedavg", 0, List.of(1L, 1L), from, directory.resolve("out"));

        assertThat(merged.rank()).isEqualTo(2);
        assertThat(merged.relativeError()).isGreaterThan(0.1);
    }

    @ParameterizedTest
    @CsvSource({"ffa", "fedsa", "fed-sb", "rolora", "fslora"})
    void methodsThatDoNotCombineWholeAdaptersAreRefused(String method) {
        List<Path> from = List.of(adapter("one", lora(2, 4), 1), adapter("two", lora(2, 4), 2));

        assertThatThrownBy(() -> merge(method, 0, List.of(1L, 1L), from, directory.resolve("out")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(method)
                .hasMessageContaining("fedex");
    }

    @Test
    void unequalRanksNeedAMethodForThem() {
        List<Path> from = List.of(adapter("one", lora(2, 4), 1), adapter("two", lora(3, 6), 2));

        assertThatThrownBy(() -> merge("fedavg", 0, List.of(1L, 1L), from, directory.resolve("out")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rank");
    }

    @Test
    void anUnknownMethodIsNamed() {
        assertThatThrownBy(() -> new PeftMerge("fedfoo", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fedfoo")
                .hasMessageContaining("flora");
    }
}
