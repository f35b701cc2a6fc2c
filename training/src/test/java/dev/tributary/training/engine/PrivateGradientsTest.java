package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Torch;
import dev.tributary.training.optim.SeededRandom;
import dev.tributary.training.privacy.ClippedGradients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle is the stored gradient of every example, computed one example at a time. */
class PrivateGradientsTest {

    private static final Job.Task LANGUAGE = new Job.Task("causal-lm", List.of(), "words", 32, "mean");

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({
        "bert,  lora,    2, lora_A lora_B classifier", // Gram for none, direct for most
        "bert,  lora,    2, lora_B classifier", // FFA
        "bert,  rslora,  3, lora_A",
        "bert,  lora,   24, lora_A lora_B classifier", // more ranks than tokens: Gram
        "bert,  lora-xs, 4, lora_R classifier",
        "gpt2,  lora,    3, lora_A lora_B",
        "llama, lora,    3, lora_A lora_B",
    })
    void normsAndClippedSumsAreThoseOfStoredGradients(String golden, String type, int rank, String trained) {
        on(golden, type, rank, trained, fixture -> {
            TaskModel model = fixture.model();
            List<Encoded> examples = fixture.examples();
            List<SortedMap<String, float[]>> stored = stored(model, examples);
            double[] expected =
                    stored.stream().mapToDouble(PrivateGradientsTest::norm).toArray();
            double clip = median(expected);
            ClippedGradients gradients = new ClippedGradients(model.linears(), model.adapter(), clip);

            try (Batch batch =
                    Batch.of(Device.CPU, examples.stream().map(Encoded::ids).toList())) {
                double[] norms = gradients.norms(
                        batch,
                        () -> model.objective().judge(model, batch, examples).losses());
                for (int i = 0; i < norms.length; i++) {
                    assertThat(norms[i]).isCloseTo(expected[i], within(2e-5 * expected[i]));
                }
                Map<String, Tensor> sums = zeros(model);
                assertThat(gradients.add(
                                batch,
                                () -> model.objective()
                                        .judge(model, batch, examples)
                                        .losses(),
                                sums))
                        .isTrue();
                sums.forEach((name, sum) -> assertClose(Torch.floats(sum), clipped(stored, expected, clip, name)));
            }
        });
    }

    @Test
    void aBatchOfManyLengthsGivesWhatItsPartsGive() {
        on("bert", "lora", 4, "lora_A lora_B classifier", fixture -> {
            TaskModel model = fixture.model();
            List<Encoded> examples = fixture.examples();
            ClippedGradients gradients = new ClippedGradients(model.linears(), model.adapter(), 0.1);
            Map<String, Tensor> whole = zeros(model);
            Map<String, Tensor> parts = zeros(model);
            add(model, gradients, examples, whole);
            add(model, gradients, examples.subList(0, 3), parts);
            add(model, gradients, examples.subList(3, examples.size()), parts);

            whole.forEach((name, sum) -> assertClose(Torch.floats(parts.get(name)), Torch.floats(sum)));
        });
    }

    @Test
    void anExampleWithoutAFiniteGradientCountsAsNothing() {
        on("bert", "lora", 4, "lora_A lora_B classifier", fixture -> {
            TaskModel model = fixture.model();
            ClippedGradients gradients = new ClippedGradients(model.linears(), model.adapter(), 1);
            Map<String, Tensor> sums = zeros(model);
            List<Encoded> two = fixture.examples().subList(0, 2);
            try (Batch batch =
                    Batch.of(Device.CPU, two.stream().map(Encoded::ids).toList())) {
                Tensor poison = Torch.of(new float[] {1, Float.NaN}, 2);
                assertThat(gradients.add(
                                batch,
                                () -> model.objective()
                                        .judge(model, batch, two)
                                        .losses()
                                        .mul(poison),
                                sums))
                        .isFalse();
            }
            List<Encoded> one = two.subList(1, 2);
            try (Batch batch =
                    Batch.of(Device.CPU, one.stream().map(Encoded::ids).toList())) {
                Tensor poison = Torch.of(new float[] {Float.NaN}, 1);
                assertThat(gradients.add(
                                batch,
                                () -> model.objective()
                                        .judge(model, batch, one)
                                        .losses()
                                        .mul(poison),
                                sums))
                        .isTrue();
            }

            sums.values().forEach(sum -> assertThat(Torch.floats(sum)).containsOnly(0f));
        });
    }

    @ParameterizedTest
    @CsvSource({"dora, adapter.type dora", "vera, adapter.type vera"})
    void adaptersWithScalesOfTheirOwnAreRefused(String type, String named) {
        AdapterConfig config = config(type, 2);
        try (PointerScope scope = new PointerScope()) {
            var adapter = new dev.tributary.training.lora.AdapterTensors(
                    config, Tensors.builder().build(), Set.of(), Device.CPU);
            assertThatThrownBy(() -> new ClippedGradients(List.of(), adapter, 1))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining(named);
        }
    }

    @Test
    void trainedTensorsOutsideLinearModulesAreRefused() {
        Tensors.Builder extra = Tensors.builder();
        extra.put("bert.encoder.layer.0.output.LayerNorm.weight", ones(64), 64);
        extra.put("bert.encoder.layer.0.output.LayerNorm.bias", new float[64], 64);
        on("bert", "lora", 2, "lora_B LayerNorm", extra.build(), fixture -> {
            TaskModel model = fixture.model();
            ClippedGradients gradients = new ClippedGradients(model.linears(), model.adapter(), 1);
            assertThatThrownBy(() -> add(model, gradients, fixture.examples(), zeros(model)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("LayerNorm");
        });
    }

    private static void add(
            TaskModel model, ClippedGradients gradients, List<Encoded> examples, Map<String, Tensor> sums) {
        try (Batch batch =
                Batch.of(Device.CPU, examples.stream().map(Encoded::ids).toList())) {
            gradients.add(
                    batch, () -> model.objective().judge(model, batch, examples).losses(), sums);
        }
    }

    private record Fixture(TaskModel model, List<Encoded> examples) {}

    private void on(String golden, String type, int rank, String trained, Consumer<Fixture> body) {
        on(golden, type, rank, trained, Tensors.builder().build(), body);
    }

    private void on(String golden, String type, int rank, String trained, Tensors extra, Consumer<Fixture> body) {
        Path directory = TinyModel.copy(golden, temp.resolve(golden));
        AdapterConfig config = config(type, rank);
        try (TorchEngine engine = new TorchEngine(1)) {
            Tensors start = start(engine.describe("tiny", directory), config, golden.equals("bert"), extra);
            Set<String> names = start.layout().names().stream()
                    .filter(name -> List.of(trained.split(" ")).stream().anyMatch(name::contains))
                    .collect(Collectors.toSet());
            Job.Task task = golden.equals("bert") ? TinyModel.task() : LANGUAGE;
            Workload work = new Workload(directory, task, config, List.of(), "", start);
            BaseModel base = BaseModel.acquire(directory, Device.CPU);
            try (PointerScope scope = new PointerScope()) {
                TaskModel model = TaskModel.of(base, base.unfolded(), work, names);
                Dataset data = TinyModel.dataset(9, 4);
                body.accept(new Fixture(model, Encoded.all(data, base.tokenizer(), task, model.body())));
            } finally {
                base.release();
            }
        }
    }

    private static AdapterConfig config(String type, int rank) {
        return new AdapterConfig(
                type, rank, 2 * rank, List.of("all-linear"), new TreeMap<>(), new TreeMap<>(), 0, List.of(), "kaiming");
    }

    /** Nothing zero, so that every gradient is there. */
    private static Tensors start(ModelDescriptor model, AdapterConfig config, boolean head, Tensors extra) {
        SeededRandom random = SeededRandom.of(12);
        Tensors.Builder start = Tensors.builder();
        int r = config.rank();
        for (String module : model.select(config.targetModules())) {
            LinearShape shape = Objects.requireNonNull(model.linearModules().get(module));
            start.put(module + ".lora_A.weight", TinyModel.uniform(random, r * shape.in(), 0.1), r, shape.in());
            start.put(module + ".lora_B.weight", TinyModel.uniform(random, shape.out() * r, 0.1), shape.out(), r);
            if (config.type().equals("lora-xs")) {
                start.put(module + ".lora_R.weight", TinyModel.uniform(random, r * r, 0.5), r, r);
            }
        }
        if (head) {
            start.put(
                    "classifier.weight", TinyModel.uniform(random, 2 * model.hiddenSize(), 0.3), 2, model.hiddenSize());
            start.put("classifier.bias", new float[2], 2);
        }
        extra.layout().tensors().values().forEach(info -> start.put(info, extra.read(info.name())));
        return start.build();
    }

    private static List<SortedMap<String, float[]>> stored(TaskModel model, List<Encoded> examples) {
        List<SortedMap<String, float[]>> stored = new ArrayList<>();
        for (Encoded example : examples) {
            SortedMap<String, float[]> gradient = new TreeMap<>();
            try (PointerScope scope = new PointerScope()) {
                model.objective().measure(model, List.of(example)).loss().backward();
                model.adapter().parameters().forEach((name, tensor) -> {
                    gradient.put(name, Torch.floats(tensor.grad()));
                    tensor.grad().zero_();
                });
            }
            stored.add(gradient);
        }
        return stored;
    }

    private static float[] clipped(List<SortedMap<String, float[]>> stored, double[] norms, double clip, String name) {
        float[] sum = new float[Objects.requireNonNull(stored.get(0).get(name)).length];
        for (int i = 0; i < norms.length; i++) {
            float[] one = Objects.requireNonNull(stored.get(i).get(name));
            double factor = Math.min(1, clip / norms[i]);
            for (int j = 0; j < sum.length; j++) {
                sum[j] += (float) (factor * one[j]);
            }
        }
        return sum;
    }

    private static double norm(SortedMap<String, float[]> gradient) {
        double squares = 0;
        for (float[] part : gradient.values()) {
            for (float value : part) {
                squares += (double) value * value;
            }
        }
        return Math.sqrt(squares);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Map<String, Tensor> zeros(TaskModel model) {
        Map<String, Tensor> sums = new HashMap<>();
        model.adapter().parameters().forEach((name, tensor) -> sums.put(name, torch.zeros_like(tensor.detach())));
        return sums;
    }

    private static void assertClose(float[] found, float[] expected) {
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        assertThat(scale).isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(3e-5 * scale));
        }
    }

    private static float[] ones(int n) {
        float[] values = new float[n];
        java.util.Arrays.fill(values, 1);
        return values;
    }
}
