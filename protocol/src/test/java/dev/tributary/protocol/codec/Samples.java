package dev.tributary.protocol.codec;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** One message of every kind with every field set to something. The golden files hold these; do not change them. */
final class Samples {
    static final String FEDERATION = "river";
    static final AgentId AGENT = new AgentId("amazon");
    static final JobId JOB = new JobId("support-tone-1");

    private Samples() {}

    static Map<String, Message> all() {
        Map<String, Message> samples = new LinkedHashMap<>();
        samples.put("register", register());
        samples.put("heartbeat", new Message.Heartbeat(AGENT, List.of(progress(), idle())));
        samples.put("update-ready", new Message.UpdateReady(update()));
        samples.put("evaluation-ready", new Message.EvaluationReady(evaluation()));
        samples.put(
                "plan-refused",
                new Message.PlanRefused(
                        new Refusal("p-7", JOB, 3, 2, AGENT, "model-mismatch", "other bytes: ünïcode")));
        samples.put("command-train", new Message.Command(train(), List.of(location('a', 5), location('b', 90)), 12));
        samples.put("command-evaluate", new Message.Command(evaluate(), List.of(), 12));
        samples.put("cancel", new Message.Cancel(JOB, "", "cancelled by operator", 13));
        samples.put("verdict", new Message.Verdict("p-7", JOB, 3, true, "", 13));
        samples.put("certificate-request", new Message.CertificateRequest(new byte[] {0x30, 3, 2, 1, 5}));
        samples.put("certificate-issued", new Message.CertificateIssued(new byte[] {'P', 'E', 'M'}));
        samples.put("blob-manifest", new Message.BlobManifest(blob('c', 1_920_001), 3, 960_000));
        return samples;
    }

    static Message get(String kind) {
        return Objects.requireNonNull(all().get(kind), kind);
    }

    static Envelope envelope(String from, String to, Message message) {
        return new Envelope(FEDERATION, from, to, 41, "", Instant.parse("2026-03-01T12:30:45.123456789Z"), message);
    }

    static Message.Register register() {
        SortedMap<String, LinearShape> modules = new TreeMap<>();
        modules.put("encoder.layer.0.attention.self.query", new LinearShape(384, 384));
        modules.put("encoder.layer.0.output.dense", new LinearShape(384, 1536));
        ModelDescriptor model =
                new ModelDescriptor("minilm", "BertModel", "a".repeat(64), "b".repeat(64), modules, 384, 512);
        DatasetDescriptor dataset =
                new DatasetDescriptor("reviews", "sequence-classification", 2, List.of("sentence", "label"), 700, -1);
        return new Message.Register(
                new AgentProfile(AGENT, "0.1.0", "cpu", 1L << 33, 64, 1234.5, List.of(model), List.of(dataset)),
                "d0".repeat(32));
    }

    static Plan.Train train() {
        List<TensorTerms> terms = List.of(
                new TensorTerms(TensorRole.LORA_A, TensorTerms.Source.SEED, false, TensorTerms.Send.NOTHING, false),
                new TensorTerms(TensorRole.LORA_B, TensorTerms.Source.SERVER, true, TensorTerms.Send.DELTA, false),
                new TensorTerms(TensorRole.WEIGHT, TensorTerms.Source.KEPT, true, TensorTerms.Send.VALUE, true));
        SortedMap<String, String> parameters = new TreeMap<>(Map.of("mu", "0.01", "beta", "x"));
        Job.Training training = new Job.Training(1, 0, 16, 2, 1e-3, 5e-3, "adamw", 0.01, 0.9, 1.0, "linear", 0.06);
        return new Plan.Train(
                header("p-7"),
                model(),
                terms,
                List.of(new Plan.Operation("proximal", parameters)),
                training,
                "fp32",
                -7_000_000_000L);
    }

    static Plan.Evaluate evaluate() {
        return new Plan.Evaluate(header("p-8"), model(), List.of(), 64);
    }

    private static Plan.Header header(String id) {
        return new Plan.Header(id, JOB, 3, 2, Instant.parse("2026-03-01T12:40:00Z"));
    }

    private static Plan.ModelState model() {
        SortedMap<String, Integer> ranks = new TreeMap<>(Map.of("z.query", 4, "a.query", 16));
        SortedMap<String, Double> alphas = new TreeMap<>(Map.of("a.query", 32.0));
        AdapterConfig adapter = new AdapterConfig(
                "lora", 8, 16, List.of("query", "value"), ranks, alphas, 0.05, List.of("classifier"), "kaiming");
        StateRef state = new StateRef(
                2,
                new TreeMap<>(Map.of("frozen", blob('d', 10), "adapter", blob('e', 99_999_999_999L))),
                List.of(new FoldRef(1, blob('f', 3)), new FoldRef(2, blob('0', 4))),
                new TreeMap<>(Map.of("step", "9")));
        Job.Task task =
                new Job.Task("sequence-classification", List.of("negative", "positive"), "reviews", 128, "mean");
        return new Plan.ModelState("minilm", "a".repeat(64), "b".repeat(64), task, adapter, state);
    }

    private static Update update() {
        return new Update("p-7", JOB, 3, 2, AGENT, blob('1', 4096), "2".repeat(64), 2, 2, 700, metrics(), 123_456);
    }

    private static Evaluation evaluation() {
        return new Evaluation("p-8", JOB, 3, 1, AGENT, metrics(), 0);
    }

    private static Metrics metrics() {
        return new Metrics(300, new TreeMap<>(Map.of("accuracy", 0.93, "loss", 0.25, "tokens", 1e6)));
    }

    private static Progress progress() {
        return new Progress("p-7", JOB, 3, AGENT, Progress.Phase.TRAINING, 10, 44);
    }

    private static Progress idle() {
        return new Progress("", JOB, 0, AGENT, Progress.Phase.IDLE, 0, 0);
    }

    private static BlobLocation location(char digit, long first) {
        return new BlobLocation(blob(digit, 1000), "tributary.river.blobs", 0, first, first + 3);
    }

    private static BlobRef blob(char digit, long size) {
        return new BlobRef(String.valueOf(digit).repeat(64), size);
    }
}
