package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine.Trained;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEngineTest {

    private static final AdapterConfig LORA = AdapterConfig.lora(4, 8, List.of("query", "value"));

    @TempDir
    static Path temp;

    private static TorchEngine engine;
    private static Path model;
    private static ModelDescriptor descriptor;
    private static Tensors start;

    @BeforeAll
    static void open() {
        engine = new TorchEngine(1);
        model = TinyModel.copy("bert", temp.resolve("bert"));
        descriptor = engine.describe("tiny", model);
        start = TinyModel.start(descriptor, LORA, 3);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Trained train(Dataset data, Job.Training settings, long seed) {
        return engine.train(
                TinyModel.work(model, LORA, start), start.layout().names(), settings, seed, data, (done, total) -> {});
    }

    @Test
    void descriptionNamesEveryTargetableModule() {
        assertThat(descriptor.architecture()).isEqualTo("BertForSequenceClassification");
        assertThat(descriptor.hiddenSize()).isEqualTo(64);
        assertThat(descriptor.maxPositions()).isEqualTo(64);
        assertThat(descriptor.weightsSha256()).hasSize(64);
        assertThat(descriptor.linearModules())
                .hasSize(2 * 6)
                .containsEntry("bert.encoder.layer.1.intermediate.dense", new ModelDescriptor.LinearShape(128, 64));
    }

    @Test
    void trainingLearnsTheTask() {
        Dataset held = TinyModel.dataset(200, 99);
        Metrics before = engine.evaluate(TinyModel.work(model, LORA, start), held, 32, (done, total) -> {});

        Trained trained = train(TinyModel.dataset(200, 1), TinyModel.settings(3, 3e-3), 5);
        Metrics after = engine.evaluate(TinyModel.work(model, LORA, trained.tensors()), held, 32, (d, t) -> {});

        assertThat(before.get("loss")).isCloseTo(Math.log(2), within(1e-6)); // the head starts at zero
        assertThat(after.get("accuracy")).isGreaterThan(0.85);
        assertThat(trained.metrics().get("steps")).isEqualTo(3 * 13); // 200 = 12·16 + 8
        assertThat(trained.metrics().get("paddingShare")).isBetween(0.1, 0.7);
        assertThat(trained.tensors().layout()).isEqualTo(start.layout());
    }

    @Test
    void aModelFileThatWasCutShortIsAnErrorAndNotTheEndOfTheProcess() throws IOException {
        Path cut = TinyModel.copy("bert", temp.resolve("cut"));
        Dataset data = TinyModel.dataset(8, 1);
        try (TorchEngine own = new TorchEngine(1)) {
            own.evaluate(TinyModel.work(cut, LORA, start), data, 8, (done, total) -> {});
            Path weights = cut.resolve("model.safetensors");
            try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
                file.truncate(4096);
            }

            assertThatThrownBy(() -> own.evaluate(TinyModel.work(cut, LORA, start), data, 8, (done, total) -> {}))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining(weights.toString())
                    .hasMessageContaining("has changed");
        }
    }

    @Test
    void sameSeedGivesTheSameBytes() {
        Dataset data = TinyModel.dataset(50, 1);
        Tensors first = train(data, TinyModel.settings(1, 1e-3), 5).tensors();
        Tensors second = train(data, TinyModel.settings(1, 1e-3), 5).tensors();
        Tensors other = train(data, TinyModel.settings(1, 1e-3), 6).tensors();

        assertThat(bits(first)).isEqualTo(bits(second)).isNotEqualTo(bits(other));
    }

    @Test
    void trainingsAtOnceOverOneBaseEqualTrainingsAlone() throws Exception {
        Dataset data = TinyModel.dataset(80, 1);
        List<Integer> alone = List.of(1, 2, 3, 4).stream()
                .map(seed -> bits(train(data, TinyModel.settings(1, 1e-3), seed).tensors()))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (long seed = 1; seed <= 4; seed++) {
                long own = seed;
                running.add(threads.submit(
                        () -> bits(train(data, TinyModel.settings(1, 1e-3), own).tensors())));
            }
            List<Integer> together = new ArrayList<>();
            for (Future<Integer> one : running) {
                together.add(one.get());
            }
            assertThat(together).isEqualTo(alone);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void tensorsThatAreNotTrainableStayAsTheyAre() {
        Set<String> trainable = Set.of("classifier.weight", "bert.encoder.layer.0.attention.self.query.lora_B.weight");
        Tensors trained = engine.train(
                        TinyModel.work(model, LORA, start),
                        trainable,
                        TinyModel.settings(1, 1e-3),
                        1,
                        TinyModel.dataset(40, 1),
                        (done, total) -> {})
                .tensors();

        for (String name : start.layout().names()) {
            boolean same = java.util.Arrays.equals(trained.read(name), start.read(name));
            assertThat(same).as(name).isEqualTo(!trainable.contains(name));
        }
    }

    @Test
    void foldIsTheSameAsAnAdapterOfThatDelta() {
        String module = "bert.encoder.layer.0.attention.self.query";
        Tensors trained =
                train(TinyModel.dataset(60, 1), TinyModel.settings(2, 3e-3), 1).tensors();
        float[] b = trained.read(module + ".lora_B.weight");
        float[] p = new float[b.length];
        for (int i = 0; i < b.length; i++) {
            p[i] = b[i] * (float) LORA.scalingOf(module);
        }
        TensorSource fold = Tensors.builder()
                .put(module + ".fold_P", p, 64, 4)
                .put(module + ".fold_Q", trained.read(module + ".lora_A.weight"), 4, 64)
                .build();
        Tensors without = replaced(trained, module + ".lora_B.weight", new float[b.length]);
        Dataset held = TinyModel.dataset(64, 9);

        double adapted = evaluate(new Workload(model, TinyModel.task(), LORA, List.of(), "", trained), held);
        double folded = evaluate(new Workload(model, TinyModel.task(), LORA, List.of(fold), "key", without), held);
        double again = evaluate(new Workload(model, TinyModel.task(), LORA, List.of(fold), "key", without), held);
        double unfolded = evaluate(new Workload(model, TinyModel.task(), LORA, List.of(), "", without), held);

        assertThat(folded).isCloseTo(adapted, within(1e-5)).isEqualTo(again);
        assertThat(Math.abs(unfolded - adapted)).isGreaterThan(1e-4);
    }

    @Test
    void foldsOfForeignShapeAreRefused() {
        TensorSource fold = Tensors.builder()
                .put("bert.encoder.layer.0.attention.self.query.fold_P", new float[32 * 2], 32, 2)
                .put("bert.encoder.layer.0.attention.self.query.fold_Q", new float[2 * 64], 2, 64)
                .build();
        Workload work = new Workload(model, TinyModel.task(), LORA, List.of(fold), "bad", start);

        assertThatThrownBy(() -> evaluate(work, TinyModel.dataset(4, 1)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("query has P [32, 2] and Q [2, 64]");
    }

    @Test
    void accumulatedBatchesEqualOneLargeBatch() {
        Dataset data = TinyModel.dataset(50, 1);
        Tensors large = train(data, settings(16, 1, 0, "constant"), 5).tensors();
        Tensors small = train(data, settings(4, 4, 0, "constant"), 5).tensors();

        for (String name : start.layout().names()) {
            assertThat(small.read(name)).as(name).containsExactly(large.read(name), within(1e-5f));
        }
    }

    @Test
    void clippingAndScheduleChangeTheResultAndTheStepCountStays() {
        Dataset data = TinyModel.dataset(50, 1);
        Trained plain = train(data, settings(16, 1, 0, "constant"), 5);
        Trained clipped = train(data, settings(16, 1, 1e-3, "constant"), 5);
        Trained cosine = train(data, settings(16, 1, 0, "cosine"), 5);

        assertThat(List.of(bits(plain.tensors()), bits(clipped.tensors()), bits(cosine.tensors())))
                .doesNotHaveDuplicates();
        assertThat(clipped.metrics().get("steps")).isEqualTo(4);
    }

    @Test
    void dropoutFollowsTheSeedAndIsOffInEvaluation() {
        AdapterConfig dropping = new AdapterConfig(
                "lora", 4, 8, LORA.targetModules(), LORA.rankPattern(), LORA.alphaPattern(), 0.3, List.of(), "kaiming");
        Workload work = TinyModel.work(model, dropping, start);
        Dataset data = TinyModel.dataset(50, 1);
        List<Integer> results = new ArrayList<>();
        for (long seed : new long[] {5, 5, 6}) {
            results.add(bits(
                    engine.train(work, start.layout().names(), TinyModel.settings(1, 1e-3), seed, data, (d, t) -> {})
                            .tensors()));
        }
        Tensors trained = train(data, TinyModel.settings(1, 1e-3), 5).tensors();

        assertThat(results.get(0))
                .isEqualTo(results.get(1))
                .isNotEqualTo(results.get(2))
                .isNotEqualTo(bits(trained));
        assertThat(evaluate(TinyModel.work(model, dropping, trained), data))
                .isEqualTo(evaluate(TinyModel.work(model, LORA, trained), data));
    }

    private static Job.Training settings(int batch, int accumulation, double clipping, String schedule) {
        return new Job.Training(1, 0, batch, accumulation, 1e-3, 1e-3, "adamw", 0.01, 0, clipping, schedule, 0);
    }

    @Test
    void progressListenerCanCancel() {
        assertThatThrownBy(() -> engine.train(
                        TinyModel.work(model, LORA, start),
                        start.layout().names(),
                        TinyModel.settings(1, 1e-3),
                        1,
                        TinyModel.dataset(100, 1),
                        (done, total) -> {
                            assertThat(total).isEqualTo(7);
                            if (done == 2) {
                                throw new TrainingCancelledException("the agent stops");
                            }
                        }))
                .isInstanceOf(TrainingCancelledException.class);
    }

    @Test
    void divergenceStopsWithStepAndLastFiniteLoss() {
        assertThatThrownBy(() -> train(TinyModel.dataset(100, 1), TinyModel.settings(5, 1e30), 1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("the loss became NaN at step ")
                .hasMessageContaining("last finite loss ");
    }

    @Test
    void labelOutOfRangeIsNamed() {
        Dataset data = () -> List.of(new Dataset.Example("w1 w2", 0), new Dataset.Example("w1 w2", 2));

        assertThatThrownBy(() -> train(data, TinyModel.settings(1, 1e-3), 1))
                .hasMessageContaining("example 2 has label 2")
                .hasMessageContaining("0 to 1");
    }

    @Test
    void maxLengthBeyondThePositionsIsRefused() {
        Job.Task task = new Job.Task("sequence-classification", List.of("low", "high"), "words", 65, "mean");
        Workload work = new Workload(model, task, LORA, List.of(), "", start);

        assertThatThrownBy(() -> evaluate(work, TinyModel.dataset(4, 1)))
                .hasMessageContaining("task.max-length 65")
                .hasMessageContaining("64 positions");
    }

    @Test
    void adapterTensorsWithoutAModuleAreRefused() {
        Tensors.Builder more = Tensors.builder();
        start.layout().names().forEach(name -> more.put(start.layout().get(name), start.read(name)));
        more.put("bert.encoder.layer.7.attention.self.query.lora_A.weight", new float[4 * 64], 4, 64);
        Workload work = TinyModel.work(model, LORA, more.build());

        assertThatThrownBy(() -> evaluate(work, TinyModel.dataset(4, 1)))
                .hasMessageContaining("layer.7.attention.self.query.lora_A.weight belongs to no module");
    }

    @Test
    void anAdapterThatLostTheTensorsOfATargetIsRefused() {
        String lost = "bert.encoder.layer.1.attention.self.value";
        TensorSource rest = new TensorSubset(start, name -> !name.startsWith(lost + "."));

        assertThatThrownBy(() -> evaluate(TinyModel.work(model, LORA, rest), TinyModel.dataset(4, 1)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("no tensors for 1 of the modules")
                .hasMessageContaining(lost);
    }

    @Test
    void rankThatDoesNotFitTheTensorsIsRefused() {
        Workload work = TinyModel.work(model, AdapterConfig.lora(8, 8, List.of("query", "value")), start);

        assertThatThrownBy(() -> evaluate(work, TinyModel.dataset(4, 1)))
                .hasMessageContaining("lora_A.weight has the wrong shape")
                .hasMessageContaining("[8, 64]");
    }

    @Test
    void truncatedWeightsAreRefusedByName() throws IOException {
        Path broken = TinyModel.copy("bert", temp.resolve("broken"));
        byte[] bytes = Files.readAllBytes(broken.resolve("model.safetensors"));
        Files.write(broken.resolve("model.safetensors"), java.util.Arrays.copyOf(bytes, bytes.length - 100));

        assertThatThrownBy(() -> engine.describe("broken", broken))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining(broken.resolve("model.safetensors").toString());
    }

    @Test
    void unknownArchitectureListsTheSupportedOnes() throws IOException {
        Path other = TinyModel.copy("bert", temp.resolve("other"));
        Files.writeString(other.resolve("config.json"), "{\"model_type\": \"t5\"}");

        assertThatThrownBy(() -> engine.describe("other", other))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("'t5'")
                .hasMessageContaining("bert");
    }

    @Test
    void configurationThatDoesNotFitTheWeightsIsRefused() throws IOException {
        Path other = TinyModel.copy("bert", temp.resolve("wide"));
        String config = Files.readString(other.resolve("config.json"));
        Files.writeString(other.resolve("config.json"), config.replace("\"hidden_size\": 64", "\"hidden_size\": 128"));

        assertThatThrownBy(() -> engine.describe("wide", other))
                .hasMessageContaining("has shape [256, 64], but config.json implies [256, 128]");
    }

    private static double evaluate(Workload work, Dataset data) {
        return engine.evaluate(work, data, 16, (done, total) -> {}).get("loss");
    }

    private static Tensors replaced(Tensors tensors, String name, float[] values) {
        Tensors.Builder copy = Tensors.builder();
        for (String each : tensors.layout().names()) {
            copy.put(tensors.layout().get(each), each.equals(name) ? values : tensors.read(each));
        }
        return copy.build();
    }

    private static int bits(Tensors tensors) {
        int hash = 1;
        for (String name : tensors.layout().names()) {
            hash = 31 * hash + java.util.Arrays.hashCode(tensors.read(name));
        }
        return hash;
    }
}
