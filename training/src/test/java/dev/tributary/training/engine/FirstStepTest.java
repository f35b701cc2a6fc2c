package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.optim.SeededRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStepTest {

    private static final double SIZE = 1e-3;

    @TempDir
    Path directory;

    private final Dataset data = TinyModel.dataset(40, 5);

    /** The frozen pair of {@code rank} on the queries, with a head of random values. */
    private Workload work(TinyBert tiny, int rank) {
        Tensors.Builder start = Tensors.builder();
        float[] head = TinyModel.uniform(SeededRandom.of(9), tiny.start().read("classifier.weight").length, 0.5);
        start.put(tiny.start().layout().get("classifier.weight"), head);
        start.put(tiny.start().layout().get("classifier.bias"), new float[2]);
        AdapterConfig core = AdapterConfig.lora(rank, rank, List.of("query")).withType("lora-xs");
        return TinyModel.work(tiny.model(), core, start.build());
    }

    private static String module(Tensors step) {
        String name = step.layout().names().iterator().next();
        return name.substring(0, name.indexOf(".lora_"));
    }

    /** B·R·A, (out, in). */
    private static double[][] product(Tensors step, String module, int rank) {
        float[] a = step.read(module + ".lora_A.weight");
        float[] b = step.read(module + ".lora_B.weight");
        float[] r = step.read(module + ".lora_R.weight");
        int in = a.length / rank;
        double[][] product = new double[b.length / rank][in];
        for (int o = 0; o < product.length; o++) {
            for (int k = 0; k < rank; k++) {
                for (int i = 0; i < in; i++) {
                    product[o][i] += (double) b[o * rank + k] * r[k * rank + k] * a[k * in + i];
                }
            }
        }
        return product;
    }

    @Test
    void atFullRankItIsASignMatrixThatPointsDownhill() {
        try (TinyBert tiny = TinyBert.open(directory)) {
            int width = tiny.engine().describe("tiny", tiny.model()).hiddenSize();
            Workload work = work(tiny, width);
            Tensors step = tiny.engine().startingValues(work, data, SIZE);
            String module = module(step);
            double[][] product = product(step, module, width);
            for (double[] row : product) {
                for (double value : row) {
                    assertThat(Math.abs(value)).isCloseTo(SIZE, within(1e-6));
                }
            }
            // the loss along single elements, by folds of the base: an oracle that knows no autograd
            for (int element = 0; element < 5; element++) {
                int out = element * 3 % width;
                int in = element * 7 % width;
                double slope = loss(tiny, work, module, out, in, 0.05) - loss(tiny, work, module, out, in, -0.05);
                if (Math.abs(slope) > 1e-6) {
                    assertThat(Math.signum(product[out][in])).isEqualTo(-Math.signum(slope));
                }
            }
        }
    }

    private double loss(TinyBert tiny, Workload work, String module, int out, int in, double by) {
        int width = tiny.engine().describe("tiny", tiny.model()).hiddenSize();
        float[] p = new float[width];
        float[] q = new float[width];
        p[out] = (float) by;
        q[in] = 1;
        Tensors fold = Tensors.builder()
                .put(module + ".fold_P", p, width, 1)
                .put(module + ".fold_Q", q, 1, width)
                .build();
        AdapterConfig none = AdapterConfig.lora(1, 1, List.of("query"));
        Tensors.Builder start = Tensors.builder();
        tiny.engine()
                .describe("tiny", tiny.model())
                .select(none.targetModules())
                .forEach(path -> {
                    start.put(path + ".lora_A.weight", new float[width], 1, width);
                    start.put(path + ".lora_B.weight", new float[width], width, 1);
                });
        work.start()
                .layout()
                .tensors()
                .forEach((name, info) -> start.put(info, work.start().read(name)));
        Workload folded = new Workload(
                work.modelDirectory(),
                work.task(),
                none,
                List.of(fold),
                module + out + "," + in + "," + by,
                start.build());
        return tiny.engine()
                .evaluate(folded, data, 8, (done, total) -> {})
                .values()
                .get("loss");
    }

    @Test
    void atSmallRankItIsTheBestPartOfTheWholeStepWithOrthonormalFactors() {
        try (TinyBert tiny = TinyBert.open(directory)) {
            int width = tiny.engine().describe("tiny", tiny.model()).hiddenSize();
            Tensors whole = tiny.engine().startingValues(work(tiny, width), data, SIZE);
            Tensors part = tiny.engine().startingValues(work(tiny, 4), data, SIZE);
            String module = module(whole);
            double[][] all = product(whole, module, width);
            double[][] some = product(part, module, 4);
            float[] sizes = whole.read(module + ".lora_R.weight");
            double left = 0;
            for (int k = 4; k < width; k++) {
                left += (double) sizes[k * width + k] * sizes[k * width + k];
            }
            double distance = 0;
            for (int o = 0; o < width; o++) {
                for (int i = 0; i < width; i++) {
                    distance += Math.pow(all[o][i] - some[o][i], 2);
                }
            }
            assertThat(distance).isCloseTo(left, within(1e-4 * left)); // Eckart and Young
            List<Double> diagonal = new ArrayList<>();
            float[] core = part.read(module + ".lora_R.weight");
            for (int k = 0; k < 4; k++) {
                diagonal.add((double) core[k * 4 + k]);
            }
            assertThat(diagonal).isSortedAccordingTo(java.util.Comparator.reverseOrder());
            orthonormal(part.read(module + ".lora_A.weight"), 4, width, width, 1);
            orthonormal(part.read(module + ".lora_B.weight"), 4, width, 1, 4);
        }
    }

    private static void orthonormal(float[] values, int vectors, int length, int vectorStep, int elementStep) {
        for (int a = 0; a < vectors; a++) {
            for (int b = 0; b < vectors; b++) {
                double dot = 0;
                for (int i = 0; i < length; i++) {
                    dot += (double) values[a * vectorStep + i * elementStep] * values[b * vectorStep + i * elementStep];
                }
                assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-5));
            }
        }
    }

    @Test
    void theSameDataGiveTheSameBytes() {
        try (TinyBert tiny = TinyBert.open(directory)) {
            Tensors first = tiny.engine().startingValues(work(tiny, 4), data, SIZE);
            Tensors second = tiny.engine().startingValues(work(tiny, 4), data, SIZE);
            first.layout().names().forEach(name -> assertThat(second.read(name)).isEqualTo(first.read(name)));
        }
    }

    @Test
    void aHeadOfZerosIsRefusedInWords() {
        try (TinyBert tiny = TinyBert.open(directory)) {
            Workload work = TinyModel.work(
                    tiny.model(), AdapterConfig.lora(4, 4, List.of("query")).withType("lora-xs"), tiny.start());
            assertThatThrownBy(() -> tiny.engine().startingValues(work, data, SIZE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("head of zeros");
        }
    }
}
