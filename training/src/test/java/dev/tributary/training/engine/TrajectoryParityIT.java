package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.packaged.PackagedModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Five rounds of FedAvg on MiniLM with the batches that PyTorch had: every loss, evaluation and adapter is the same. */
@Tag("slow")
class TrajectoryParityIT {

    private static final Path RECORDED = Path.of("src/test/resources/trajectory");
    private static final AdapterConfig LORA = AdapterConfig.lora(8, 16, List.of("query", "value"));
    private static final Job.Task TASK =
            new Job.Task("sequence-classification", List.of("negative", "positive"), "sentiment", 128, "mean");
    private static final Job.Training SETTINGS =
            new Job.Training(1, 0, 16, 1, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0);

    private final JsonNode split = json("sentiment_split.json").path("split");
    private final List<String> lines = lines();
    private final Path model = PackagedModels.resolve("minilm");

    @Test
    void fiveRoundsFollowTheRecordedTrajectory() {
        NativeRuntime.prepare();
        JsonNode recorded = json("traj_enc_fedavg_s0.json");
        Tensors global = adapter("traj_enc_fedavg_s0_round0.safetensors");
        BaseModel base = BaseModel.acquire(model, Device.CPU);
        try (TorchEngine engine = new TorchEngine()) {
            for (JsonNode round : recorded.path("rounds")) {
                List<Tensors> locals = new ArrayList<>();
                double worst = 0;
                for (JsonNode client : round.path("clients")) {
                    worst = Math.max(worst, train(base, global, client, locals));
                }
                System.out.printf(
                        "round %d: largest difference of a loss %.1e%n",
                        round.path("round").asInt(), worst);
                assertThat(worst).as("round %s", round.path("round")).isLessThan(1e-3);
                global = mean(locals, recorded.path("weights"));
                compareAdapter(global, round.path("round").asInt());
                compareEvaluations(engine, global, round.path("eval"));
            }
        } finally {
            base.release();
        }
    }

    /** Trains one client; returns the largest difference of a step's loss, relative or absolute, whichever is less. */
    private double train(BaseModel base, Tensors start, JsonNode client, List<Tensors> locals) {
        Workload work = new Workload(model, TASK, LORA, List.of(), "", start);
        double worst = 0;
        try (Workers workers = new Workers(1);
                PointerScope scope = new PointerScope()) {
            TaskModel task =
                    TaskModel.of(base, base.unfolded(), work, start.layout().names());
            List<Encoded> examples = Encoded.all(
                    dataset(client.path("client").asString(), "train"), base.tokenizer(), TASK, task.body());
            TrainingRun run = new TrainingRun(List.of(task), workers, SETTINGS);
            for (int step = 0; step < client.path("batches").size(); step++) {
                List<Encoded> batch = new ArrayList<>();
                client.path("batches").path(step).forEach(index -> batch.add(examples.get(index.intValue())));
                double expected = client.path("losses").path(step).doubleValue();
                double difference = Math.abs(run.step(batch) - expected);
                worst = Math.max(worst, Math.min(difference, difference / expected));
            }
            locals.add(task.adapter().values());
        }
        return worst;
    }

    private void compareEvaluations(TorchEngine engine, Tensors global, JsonNode expected) {
        for (Map.Entry<String, JsonNode> site : expected.properties()) {
            Dataset held = dataset(site.getKey(), "test");
            Metrics found = engine.evaluate(
                    new Workload(model, TASK, LORA, List.of(), "", global), held, 64, (done, total) -> {});
            double oneExample = 1.0 / held.examples().size();
            assertThat(found.get("loss")).isCloseTo(site.getValue().path("loss").doubleValue(), within(1e-3));
            assertThat(found.get("accuracy"))
                    .isCloseTo(site.getValue().path("acc").doubleValue(), within(1.01 * oneExample));
        }
    }

    private static void compareAdapter(Tensors found, int round) {
        String file = "traj_enc_fedavg_s0_round" + round + ".safetensors";
        if (!Files.exists(RECORDED.resolve(file))) {
            return;
        }
        Tensors expected = adapter(file);
        double difference = 0;
        double norm = 0;
        for (String name : expected.layout().names()) {
            float[] a = found.read(name);
            float[] b = expected.read(name);
            for (int i = 0; i < a.length; i++) {
                difference += Math.pow(a[i] - (double) b[i], 2);
                norm += Math.pow(b[i], 2);
            }
        }
        System.out.printf("adapter after round %d: relative difference %.1e%n", round, Math.sqrt(difference / norm));
        assertThat(Math.sqrt(difference / norm)).isLessThan(1e-2);
    }

    private static Tensors mean(List<Tensors> locals, JsonNode weights) {
        Tensors.Builder mean = Tensors.builder();
        for (TensorInfo info : locals.get(0).layout().tensors().values()) {
            double[] sum = new double[(int) info.elements()];
            for (int client = 0; client < locals.size(); client++) {
                float[] values = locals.get(client).read(info.name());
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += weights.path(client).doubleValue() * values[i];
                }
            }
            float[] rounded = new float[sum.length];
            for (int i = 0; i < sum.length; i++) {
                rounded[i] = (float) sum[i];
            }
            mean.put(info, rounded);
        }
        return mean.build();
    }

    private Dataset dataset(String client, String part) {
        List<Dataset.Example> examples = new ArrayList<>();
        for (JsonNode line : split.path(client).path(part)) {
            String[] fields = lines.get(line.intValue()).split("\t", 3);
            examples.add(new Dataset.Example(fields[2], Integer.parseInt(fields[1])));
        }
        return () -> examples;
    }

    private static Tensors adapter(String file) {
        Tensors.Builder renamed = Tensors.builder();
        try (SafetensorsFile stored = SafetensorsFile.open(RECORDED.resolve(file))) {
            for (TensorInfo info : new TreeMap<>(stored.layout().tensors()).values()) {
                String name = info.name().replace("base_model.model.", "").replace("head.", "classifier.");
                renamed.put(new TensorInfo(name, info.dtype(), info.shape()), stored.read(info.name()));
            }
        }
        return renamed.build();
    }

    private static JsonNode json(String file) {
        try {
            return JsonMapper.shared().readTree(Files.readString(RECORDED.resolve(file)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> lines() {
        Path file = RECORDED.resolve("sentiment_labelled_sentences.tsv.gz");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
