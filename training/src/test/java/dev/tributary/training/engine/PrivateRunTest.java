package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingEngine.Trained;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateRunTest {

    private static final AdapterConfig LORA = TinyBert.LORA;

    @TempDir
    static Path temp;

    private static TinyBert bert;
    private static TorchEngine engine;
    private static Path model;
    private static Tensors start;

    @BeforeAll
    static void open() {
        bert = TinyBert.open(temp);
        engine = bert.engine();
        model = bert.model();
        start = bert.start();
    }

    @AfterAll
    static void close() {
        bert.close();
    }

    private static PrivacyTerms terms(PrivacyTerms.Sampling sampling, double clip, OptionalDouble multiplier) {
        return new PrivacyTerms(
                PrivacyTerms.Unit.EXAMPLE,
                PrivacyTerms.Trust.LOCAL,
                Relation.ADD_REMOVE,
                sampling,
                new PrivacyTerms.FixedClip(clip),
                PrivacyTerms.Weights.UNIFORM,
                new PrivacyBudget(8, 1e-4),
                multiplier,
                false);
    }

    private static Trained train(PrivacyTerms terms, Job.Training settings, Dataset data) {
        return train(engine, terms, settings, data);
    }

    private static Trained train(TorchEngine on, PrivacyTerms terms, Job.Training settings, Dataset data) {
        ExampleRelease release =
                ExampleRelease.plan(terms, settings, 1, data.examples().size());
        Set<String> ffa = start.layout().names().stream()
                .filter(name -> !name.contains("lora_A"))
                .collect(Collectors.toSet());
        try (SecretBits bits = SecretBits.fresh("test")) {
            return on.trainPrivately(
                    TinyModel.work(model, LORA, start), ffa, settings, release, bits, data, (done, total) -> {});
        }
    }

    @Test
    void aUsefulModelComesOutAtEpsilonEightAndNoFigureBesidesTheSteps() {
        Trained trained = train(
                terms(new PrivacyTerms.Poisson(0.1), 1, OptionalDouble.empty()),
                TinyModel.settings(5, 5e-3),
                TinyModel.dataset(600, 1));
        Workload after = TinyModel.work(model, LORA, trained.tensors());
        Metrics metrics = engine.evaluate(after, TinyModel.dataset(200, 99), 32, (done, total) -> {});

        assertThat(metrics.get("accuracy")).isGreaterThan(0.75);
        assertThat(trained.metrics().values()).containsOnlyKeys("steps").containsEntry("steps", 50.0);
        assertThat(trained.metrics().examples()).isOne();
        assertThat(trained.tensors().read("bert.encoder.layer.0.attention.self.query.lora_A.weight"))
                .isEqualTo(start.read("bert.encoder.layer.0.attention.self.query.lora_A.weight"));
    }

    @Test
    void emptySamplesAreNoiseAloneOfTheAccountedWidth() {
        // 5 examples at rate 1e-9: no sample ever has one; the step is η·noise/denominator.
        double clip = 2;
        double multiplier = 3;
        PrivacyTerms terms = terms(new PrivacyTerms.Poisson(1e-9), clip, OptionalDouble.of(multiplier));
        Job.Training one = new Job.Training(1, 1, 16, 1, 1, 1, "sgd", 0, 0, 0, "constant", 0);
        Tensors trained = train(terms, one, TinyModel.dataset(5, 1)).tensors();

        double squares = 0;
        long count = 0;
        for (String name : start.layout().names()) {
            if (name.contains("lora_A")) {
                continue;
            }
            float[] before = start.read(name);
            float[] after = trained.read(name);
            for (int i = 0; i < before.length; i++) {
                squares += Math.pow(after[i] - before[i], 2);
                count++;
            }
        }
        // The expected batch is below one, so sums are divided by 1.
        double deviation = Math.sqrt(squares / count);
        assertThat(deviation).isCloseTo(clip * multiplier, within(6 * clip * multiplier / Math.sqrt(2.0 * count)));
    }

    @Test
    void twoRunsOfTheSameWorkDiffer() {
        PrivacyTerms terms = terms(new PrivacyTerms.Full(), 1, OptionalDouble.of(1));
        Dataset data = TinyModel.dataset(20, 1);
        Job.Training one = TinyModel.settings(1, 1e-3);

        assertThat(train(terms, one, data).tensors().read("classifier.weight"))
                .isNotEqualTo(train(terms, one, data).tensors().read("classifier.weight"));
    }

    @Test
    void aTrainingIsCancelledWithinAStep() {
        ExampleRelease release = ExampleRelease.plan(
                terms(new PrivacyTerms.Full(), 1, OptionalDouble.of(1)), TinyModel.settings(1, 1e-3), 1, 80);
        List<Long> told = new ArrayList<>();
        try (SecretBits bits = SecretBits.fresh("test")) {
            assertThatThrownBy(() -> engine.trainPrivately(
                            TinyModel.work(model, LORA, start),
                            start.layout().names(),
                            TinyModel.settings(1, 1e-3), // one step of five batches
                            release,
                            bits,
                            TinyModel.dataset(80, 1),
                            (done, total) -> {
                                told.add(done);
                                if (told.size() == 2) {
                                    throw new TrainingCancelledException("enough");
                                }
                            }))
                    .isInstanceOf(TrainingCancelledException.class);
        }
        assertThat(told).containsExactly(0L, 0L);
    }

    @Test
    void severalThreadsOrDevicesMakeTheStepThatOneMakes() {
        // A noise multiplier of almost nothing leaves the clipped gradients.
        PrivacyTerms terms = terms(new PrivacyTerms.Full(), 0.5, OptionalDouble.of(1e-5));
        Job.Training sgd = new Job.Training(1, 2, 16, 1, 1, 1, "sgd", 0, 0, 0, "constant", 0);
        Dataset data = TinyModel.dataset(37, 1);
        Tensors alone = train(terms, sgd, data).tensors();
        try (TorchEngine three = new TorchEngine(3);
                TorchEngine devices = new TorchEngine(1, List.of(Device.CPU, Device.CPU))) {
            for (TorchEngine several : List.of(three, devices)) {
                Tensors together = train(several, terms, sgd, data).tensors();
                for (String name : start.layout().names()) {
                    float[] expected = alone.read(name);
                    float[] found = together.read(name);
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
                    }
                }
            }
        }
        assertThat(alone.read("classifier.weight")).isNotEqualTo(start.read("classifier.weight"));
    }

    @Test
    void judgementsOfSingleExamplesHaveTheMeansOfTheWhole() {
        Workload work = TinyModel.work(model, LORA, start);
        Dataset data = TinyModel.dataset(37, 5);
        TrainingEngine.Judgement judged = engine.judge(work, data, 8, (done, total) -> {});
        Metrics whole = engine.evaluate(work, data, 8, (done, total) -> {});

        assertThat(java.util.Arrays.stream(judged.losses()).average().orElseThrow())
                .isCloseTo(whole.get("loss"), within(1e-5));
        assertThat(java.util.Arrays.stream(judged.hits()).average().orElseThrow())
                .isCloseTo(whole.get("accuracy"), within(1e-9));
    }
}
