package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.TrainingEngine.Trained;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CausalLanguageModelTest {

    private static final AdapterConfig LORA = AdapterConfig.lora(4, 8, List.of("all-linear"));
    private static final Job.Task TASK = new Job.Task("causal-lm", List.of(), "counting", 32, "mean");

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "gpt2"})
    void trainingLearnsToCount(String golden) {
        try (TorchEngine engine = new TorchEngine(1)) {
            Path model = TinyModel.copy(golden, temp.resolve(golden));
            Tensors start = start(engine.describe("tiny", model));
            Workload work = new Workload(model, TASK, LORA, List.of(), "", start);
            Metrics before = engine.evaluate(work, counting(40, 200), 8, (done, total) -> {});

            Trained trained = engine.train(
                    work, start.layout().names(), TinyModel.settings(6, 1e-2), 3, counting(120, 0), (d, t) -> {});
            Metrics after = engine.evaluate(
                    new Workload(model, TASK, LORA, List.of(), "", trained.tensors()),
                    counting(40, 200),
                    8,
                    (done, total) -> {});

            assertThat(after.get("loss")).isLessThan(0.7 * before.get("loss"));
            assertThat(after.get("perplexity")).isCloseTo(Math.exp(after.get("loss")), within(1e-9));
            assertThat(after.get("tokens")).isEqualTo(40 * 11);
            assertThat(trained.metrics().get("paddingShare")).isZero();
        }
    }

    @Test
    void encodersAreRefused() {
        try (TorchEngine engine = new TorchEngine(1)) {
            Path model = TinyModel.copy("bert", temp.resolve("bert"));
            Workload work = new Workload(
                    model, TASK, LORA, List.of(), "", Tensors.builder().build());

            assertThatThrownBy(() -> engine.evaluate(work, counting(4, 0), 4, (done, total) -> {}))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("causal-lm needs a decoder");
        }
    }

    @Test
    void textsWithoutTwoTokensAreNoData() {
        try (TorchEngine engine = new TorchEngine(1)) {
            Path model = TinyModel.copy("llama", temp.resolve("llama"));
            Workload work = new Workload(
                    model, TASK, LORA, List.of(), "", Tensors.builder().build());
            Dataset single = () -> List.of(new Dataset.Example("w5", -1), new Dataset.Example("", -1));

            assertThatThrownBy(() -> engine.evaluate(work, single, 4, (done, total) -> {}))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("no text with a token to predict");
        }
    }

    /** Texts of twelve words that count upward. */
    private static Dataset counting(int size, int seed) {
        List<Dataset.Example> examples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < 12; w++) {
                text.append("w").append(1 + (seed + 7 * i + w) % 40).append(' ');
            }
            examples.add(new Dataset.Example(text.toString(), -1));
        }
        return () -> examples;
    }

    private static Tensors start(ModelDescriptor model) {
        Tensors.Builder start = Tensors.builder();
        Tensors classifier = TinyModel.start(model, LORA, 1);
        for (TensorInfo info : classifier.layout().tensors().values()) {
            if (!info.name().startsWith("classifier")) {
                start.put(info, classifier.read(info.name()));
            }
        }
        return start.build();
    }
}
