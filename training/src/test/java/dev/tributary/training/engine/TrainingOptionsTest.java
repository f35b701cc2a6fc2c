package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingEngine.Trained;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Device;
import dev.tributary.training.tokenizer.TextSpan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingOptionsTest {

    private static final AdapterConfig LORA = TinyBert.LORA;
    private static final Dataset DATA = TinyModel.dataset(50, 1);

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

    /** Plain training with some settings changed. */
    private static Job.Training settings(double proximalMu, double loraPlusRatio, boolean checkpointing, String dtype) {
        return new Job.Training(
                1,
                0,
                16,
                1,
                1e-3,
                1e-3,
                "sgd",
                0,
                0,
                0,
                "constant",
                0,
                proximalMu,
                loraPlusRatio,
                checkpointing,
                dtype);
    }

    private static final Job.Training PLAIN = settings(0, 1, false, "fp32");

    private static Workload work(AdapterConfig adapter, TensorSource from, String dtype) {
        return new Workload(model, TinyModel.task(), adapter, List.of(), "", from, dtype);
    }

    private static Trained train(TorchEngine on, AdapterConfig adapter, Job.Training settings) {
        return on.train(
                work(adapter, start, settings.baseDtype()),
                start.layout().names(),
                settings,
                5,
                DATA,
                (done, total) -> {});
    }

    @Test
    void severalThreadsFollowOneThread() {
        Tensors one = train(engine, LORA, PLAIN).tensors();
        try (TorchEngine three = new TorchEngine(3)) {
            Tensors several = train(three, LORA, PLAIN).tensors();
            Tensors again = train(three, LORA, PLAIN).tensors();

            assertThat(distance(several, one)).isLessThan(1e-4 * distance(one, start));
            assertThat(distance(several, again)).isZero();
        }
    }

    /** As on several GPUs: each device has adapter values of its own, which follow the first one's. */
    @Test
    void severalDevicesFollowOne() {
        Job.Training adamw = TinyModel.settings(2, 1e-3);
        try (TorchEngine two = new TorchEngine(1, List.of(Device.CPU, Device.CPU))) {
            for (Job.Training settings : List.of(PLAIN, adamw)) {
                Tensors one = train(engine, LORA, settings).tensors();
                Tensors several = train(two, LORA, settings).tensors();
                Tensors again = train(two, LORA, settings).tensors();

                assertThat(distance(several, one)).isLessThan(1e-3 * distance(one, start));
                assertThat(distance(several, again)).isZero();
            }
            assertThat(two.evaluate(work(LORA, start, "fp32"), DATA, 8, (done, total) -> {}))
                    .isEqualTo(engine.evaluate(work(LORA, start, "fp32"), DATA, 8, (done, total) -> {}));
        }
    }

    @Test
    void severalThreadsEvaluateLikeOne() {
        Metrics one = engine.evaluate(work(LORA, start, "fp32"), DATA, 8, (done, total) -> {});
        try (TorchEngine three = new TorchEngine(3)) {
            Metrics several = three.evaluate(work(LORA, start, "fp32"), DATA, 8, (done, total) -> {});
            assertThat(several).isEqualTo(one);
        }
    }

    @Test
    void checkpointingGivesTheSameGradientsWithDropoutToo() {
        for (AdapterConfig adapter : List.of(LORA, withDropout(0.3))) {
            Tensors plain = train(engine, adapter, PLAIN).tensors();
            Tensors checkpointed =
                    train(engine, adapter, settings(0, 1, true, "fp32")).tensors();

            assertThat(distance(plain, checkpointed)).isLessThan(1e-5 * distance(plain, start));
        }
    }

    @Test
    void dropoutChangesTheGradients() {
        Tensors plain = train(engine, LORA, PLAIN).tensors();
        Tensors dropped = train(engine, withDropout(0.3), PLAIN).tensors();

        assertThat(distance(plain, dropped)).isGreaterThan(1e-4 * distance(plain, start));
    }

    @Test
    void proximalTermChangesTheTraining() {
        Tensors plain = train(engine, LORA, PLAIN).tensors();
        Tensors held = train(engine, LORA, settings(500, 1, false, "fp32")).tensors();

        assertThat(distance(plain, held)).isGreaterThan(1e-2 * distance(plain, start));
    }

    @Test
    void aShiftMovesTensorsBesideTheData() {
        String name = start.layout().names().iterator().next();
        float[] by = start.read(name);
        Tensors shift = Tensors.builder().put(start.layout().get(name), by).build();
        Tensors plain = train(engine, LORA, PLAIN).tensors();
        Tensors moved = engine.train(
                        work(LORA, start, "fp32").withShift(shift),
                        java.util.Set.of(name),
                        PLAIN,
                        5,
                        DATA,
                        (done, total) -> {})
                .tensors();

        assertThat(by[0]).isNotZero();
        assertThat(moved.read(name)[0] - plain.read(name)[0]).isCloseTo(by[0], within(0.1f * Math.abs(by[0])));
    }

    @Test
    void loraPlusMovesBFurther() {
        Map<String, Double> plain = moved(train(engine, LORA, PLAIN).tensors());
        Map<String, Double> plus =
                moved(train(engine, LORA, settings(0, 16, false, "fp32")).tensors());

        plain.keySet().stream()
                .filter(name -> name.contains("lora_B"))
                .forEach(name -> assertThat(plus.get(name)).as(name).isGreaterThan(8 * plain.get(name)));
    }

    @Test
    void halfPrecisionBaseFollowsTheFullOne() {
        Trained full = train(engine, LORA, PLAIN);
        Trained half = train(engine, LORA, settings(0, 1, false, "bf16"));

        assertThat(half.metrics().get("loss"))
                .isNotEqualTo(full.metrics().get("loss"))
                .isCloseTo(full.metrics().get("loss"), org.assertj.core.api.Assertions.within(2e-3));
        assertThat(distance(half.tensors(), full.tensors())).isLessThan(0.1 * distance(full.tensors(), start));
    }

    @Test
    void evaluationCountsF1OverTheClasses() {
        Metrics metrics = engine.evaluate(work(LORA, start, "fp32"), DATA, 8, (done, total) -> {});

        // the head starts at zero: always the first class, whose share is the accuracy p; its F1 is 2p/(1+p)
        double p = metrics.get("accuracy");
        assertThat(metrics.get("f1")).isEqualTo((2 * p / (1 + p)) / 2);
    }

    @Test
    void onlyLearnedTokensAreTargets() {
        Path decoder = TinyModel.copy("llama", temp.resolve("llama"));
        AdapterConfig lora = AdapterConfig.lora(4, 8, List.of("q_proj"));
        Job.Task task = new Job.Task("causal-lm", List.of(), "words", 32, "mean");
        String text = "w1 w2 w3 w4 w5";
        int answer = text.indexOf("w4");
        Dataset whole = () -> List.of(new Dataset.Example(text, -1));
        Dataset marked = () -> List.of(new Dataset.Example(text, -1, List.of(new TextSpan(answer, text.length()))));
        Workload work = new Workload(decoder, task, lora, List.of(), "", decoderStart(decoder, lora));

        assertThat(engine.evaluate(work, whole, 8, (d, t) -> {}).get("tokens")).isEqualTo(4);
        assertThat(engine.evaluate(work, marked, 8, (d, t) -> {}).get("tokens")).isEqualTo(2);
        Dataset nothing = () -> List.of(new Dataset.Example(text, -1, List.of(new TextSpan(0, 2))));
        assertThatThrownBy(() -> engine.evaluate(work, nothing, 8, (d, t) -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("no text with a token to predict");
    }

    private static Tensors decoderStart(Path decoder, AdapterConfig lora) {
        Tensors.Builder only = Tensors.builder();
        Tensors all = TinyModel.start(engine.describe("llama", decoder), lora, 1);
        all.layout().tensors().values().stream()
                .filter(info -> info.name().contains("lora"))
                .forEach(info -> only.put(info, all.read(info.name())));
        return only.build();
    }

    private static AdapterConfig withDropout(double share) {
        return new AdapterConfig(
                "lora", 4, 8, List.of("query", "value"), new TreeMap<>(), new TreeMap<>(), share, List.of(), "kaiming");
    }

    private static SortedMap<String, Double> moved(Tensors trained) {
        SortedMap<String, Double> moved = new TreeMap<>();
        trained.layout().names().forEach(name -> moved.put(name, distance(name, trained, start)));
        return moved;
    }

    private static double distance(Tensors a, Tensors b) {
        return Math.sqrt(a.layout().names().stream()
                .mapToDouble(name -> Math.pow(distance(name, a, b), 2))
                .sum());
    }

    private static double distance(String name, Tensors a, Tensors b) {
        float[] left = a.read(name);
        float[] right = b.read(name);
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += Math.pow(left[i] - (double) right[i], 2);
        }
        return Math.sqrt(sum);
    }
}
