package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Gpus;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.NeedsGpu;
import dev.tributary.training.parity.Fixtures;
import dev.tributary.training.parity.ParityCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the processor's tests show, shown again on the first GPU. */
@NeedsGpu
class GpuTest {

    private static final Device GPU = Device.cuda(0);
    private static final AdapterConfig LORA = TinyBert.LORA;

    @TempDir
    private Path temp;

    private TorchEngine engine;
    private Path model;
    private Tensors start;

    /** What deterministic mode asks of the environment is looked for at the first product in a process. */
    @BeforeAll
    static void allowDeterministicMode() {
        NativeRuntime.setDeterministic(true);
        NativeRuntime.setDeterministic(false);
    }

    @BeforeEach
    void open() {
        engine = new TorchEngine(1, GPU);
        model = TinyModel.copy("bert", temp.resolve("bert"));
        start = TinyModel.start(engine.describe("tiny", model), LORA, 3);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Workload work(String dtype) {
        return new Workload(model, TinyModel.task(), LORA, List.of(), "", start, dtype);
    }

    private Map<String, Double> train(TorchEngine on, String dtype) {
        return on.train(
                        work(dtype),
                        start.layout().names(),
                        TinyModel.settings(3, 3e-3),
                        5,
                        TinyModel.dataset(200, 1),
                        (done, total) -> {})
                .metrics()
                .values();
    }

    @ParameterizedTest
    @MethodSource("dev.tributary.training.parity.Fixtures#names")
    void everyRecordedResultOfPyTorchIsReproduced(String fixture) {
        assertThat(ParityCheck.run(Fixtures.directory(fixture), GPU))
                .hasSizeGreaterThanOrEqualTo(11)
                .allMatch(ParityCheck.Check::passed);
    }

    @Test
    void trainingEndsWhereThatOnTheProcessorEnds() {
        try (TorchEngine cpu = new TorchEngine(1)) {
            double expected = train(cpu, "fp32").get("loss");

            assertThat(train(engine, "fp32").get("loss")).isCloseTo(expected, within(1e-3));
            assertThat(train(engine, "bf16").get("loss")).isCloseTo(expected, within(2e-2));
        }
    }

    static List<String> adapterTypes() {
        return TypedStart.TYPES;
    }

    @ParameterizedTest
    @MethodSource("adapterTypes")
    void everyAdapterTypeTrainsAsOnTheProcessor(String type) {
        AdapterConfig adapter = LORA.withType(type);
        TypedStart typed = TypedStart.of(engine.describe("tiny", model), adapter);
        try (TorchEngine cpu = new TorchEngine(1)) {
            double expected = train(cpu, adapter, typed, "fp32");

            assertThat(train(engine, adapter, typed, "fp32")).isCloseTo(expected, within(1e-3));
            assertThat(train(engine, adapter, typed, "bf16")).isCloseTo(expected, within(3e-2));
        }
    }

    private double train(TorchEngine on, AdapterConfig adapter, TypedStart typed, String dtype) {
        Workload work = new Workload(model, TinyModel.task(), adapter, List.of(), "", typed.values(), dtype);
        return Objects.requireNonNull(on.train(
                        work,
                        typed.trained(),
                        TinyModel.settings(2, 3e-3),
                        5,
                        TinyModel.dataset(200, 1),
                        (done, total) -> {})
                .metrics()
                .values()
                .get("loss"));
    }

    @Test
    void severalGpusFollowOne() {
        int gpus = Gpus.all().size();
        assumeTrue(gpus > 1, "there is one GPU only");
        List<Device> devices = IntStream.range(0, gpus).mapToObj(Device::cuda).toList();
        try (TorchEngine several = new TorchEngine(1, devices)) {
            assertThat(train(several, "fp32").get("loss"))
                    .isCloseTo(train(engine, "fp32").get("loss"), within(1e-3));
            assertThat(train(several, "bf16").get("loss"))
                    .isCloseTo(train(engine, "bf16").get("loss"), within(2e-2));
            assertThat(several.evaluate(work("fp32"), TinyModel.dataset(100, 9), 8, (done, total) -> {})
                            .get("loss"))
                    .isCloseTo(
                            engine.evaluate(work("fp32"), TinyModel.dataset(100, 9), 8, (done, total) -> {})
                                    .get("loss"),
                            within(1e-5));
            assertThat(privateAccuracy(several)).isGreaterThan(0.7);
        }
    }

    @Test
    void inDeterministicModeTheSameTrainingGivesTheSameBytes() {
        NativeRuntime.setDeterministic(true);
        try {
            for (String dtype : List.of("fp32", "bf16")) {
                Tensors first = trained(dtype);
                for (int again = 0; again < 5; again++) {
                    Tensors same = trained(dtype);
                    assertThat(start.layout().names())
                            .allSatisfy(name ->
                                    assertThat(same.read(name)).as(dtype).isEqualTo(first.read(name)));
                }
            }
        } finally {
            NativeRuntime.setDeterministic(false);
        }
    }

    private Tensors trained(String dtype) {
        return engine.train(
                        work(dtype),
                        start.layout().names(),
                        TinyModel.settings(1, 3e-3),
                        5,
                        TinyModel.dataset(100, 1),
                        (done, total) -> {})
                .tensors();
    }

    @Test
    void privateTrainingLearnsToo() {
        assertThat(privateAccuracy(engine)).isGreaterThan(0.7);
    }

    private double privateAccuracy(TorchEngine on) {
        PrivacyTerms terms = new PrivacyTerms(
                PrivacyTerms.Unit.EXAMPLE,
                PrivacyTerms.Trust.LOCAL,
                Relation.ADD_REMOVE,
                new PrivacyTerms.Poisson(0.1),
                new PrivacyTerms.FixedClip(1),
                PrivacyTerms.Weights.UNIFORM,
                new PrivacyBudget(8, 1e-4),
                OptionalDouble.empty(),
                false);
        Job.Training settings = TinyModel.settings(5, 5e-3);
        Dataset data = TinyModel.dataset(600, 1);
        try (SecretBits bits = SecretBits.fresh("test")) {
            Tensors trained = on.trainPrivately(
                            work("fp32"),
                            start.layout().names(),
                            settings,
                            ExampleRelease.plan(terms, settings, 1, 600),
                            bits,
                            data,
                            (done, total) -> {})
                    .tensors();

            return on.evaluate(TinyModel.work(model, LORA, trained), TinyModel.dataset(200, 99), 32, (d, t) -> {})
                    .get("accuracy");
        }
    }

    @Test
    void aTrainingThatDoesNotFitSaysWhatToLower() {
        Job.Training huge = new Job.Training(1, 1, 8000, 1, 1e-3, 1e-3, "adamw", 0, 0, 0, "constant", 0);
        try (PointerScope hog = new PointerScope()) {
            fillMemory();

            assertThatThrownBy(() -> engine.train(
                            work("fp32"), start.layout().names(), huge, 1, TinyModel.dataset(8000, 1), (d, t) -> {}))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContainingAll("training.batch-size", "training.gradient-checkpointing");
        }
        assertThat(train(engine, "fp32").get("loss")).isFinite();
    }

    /** Takes the GPU's memory in pieces of 1 GiB that the current pointer scope frees. */
    private static void fillMemory() {
        try {
            while (true) {
                Tensor one = GPU.floats(new float[1], 1);
                Tensor filled = one.expand(1 << 28).clone();
                assertThat(filled.isNull()).isFalse();
            }
        } catch (RuntimeException e) {
            assertThat(e).hasMessageContaining("out of memory");
        }
    }
}
