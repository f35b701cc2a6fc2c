package dev.tributary.agent.testing;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * An engine without a model: it changes every element of every trained tensor by a small pseudo-random amount that
 * depends on the seed, the tensor's name and the element alone, so that equal plans give equal bytes and no two rounds
 * give the same; a shift of the work is added to it. Figures it reports are made up from the tensors. Safe for use by several threads.
 */
public class ScriptedEngine implements TrainingEngine {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final SortedMap<String, ModelDescriptor.LinearShape> modules;
    private final int batches;

    /**
     * @param modules linear modules of the pretended model
     * @param batches how many batches every training and evaluation pretends to have
     */
    public ScriptedEngine(Map<String, ModelDescriptor.LinearShape> modules, int batches) {
        this.modules = new TreeMap<>(modules);
        this.batches = batches;
    }

    /** Every directory holds the same model; its hashes are made from its name. */
    @Override
    public ModelDescriptor describe(String name, Path directory) {
        int width = modules.values().stream()
                .mapToInt(ModelDescriptor.LinearShape::in)
                .max()
                .orElse(1);
        return new ModelDescriptor(
                name, "ScriptedModel", sha256(name + " weights"), sha256(name + " tokenizer"), modules, width, 512);
    }

    /** Values that depend on the tensor's name alone. */
    @Override
    public Tensors startingValues(Path directory, AdapterConfig adapter) {
        AdapterKind kind = AdapterKind.of(adapter);
        List<TensorRole> roles = kind.hasCore() ? kind.roles() : kind.fromBase();
        Tensors.Builder values = Tensors.builder();
        for (String module : describe("", directory).select(adapter.targetModules())) {
            int rank = adapter.rankOf(module);
            ModelDescriptor.LinearShape shape = Objects.requireNonNull(modules.get(module));
            for (TensorRole role : roles) {
                int[] dimensions = switch (role) {
                    case LORA_A -> new int[] {rank, shape.in()};
                    case LORA_B -> new int[] {shape.out(), rank};
                    case LORA_R -> new int[] {rank, rank};
                    default -> new int[] {shape.out()};
                };
                String name = new TensorName(module, role).key();
                float[] drawn = new float[Arrays.stream(dimensions).reduce(1, (a, b) -> a * b)];
                disturb(drawn, keyOf(0, name));
                values.put(name, drawn, dimensions);
            }
        }
        return values.build();
    }

    @Override
    public Tensors startingValues(Workload work, Dataset data, double size) {
        return startingValues(work.modelDirectory(), work.adapter());
    }

    @Override
    public Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress) {
        long begun = System.nanoTime();
        pretend(progress);
        Tensors.Builder trained = Tensors.builder();
        for (TensorInfo info : work.start().layout().tensors().values()) {
            float[] values = work.start().read(info.name());
            if (trainable.contains(info.name())) {
                disturb(values, keyOf(seed, info.name()));
                work.shift().ifPresent(shift -> add(shift, info.name(), values));
            }
            trained.put(TensorInfo.f32(info.name(), shape(info)), values);
        }
        double seconds = Math.max(1e-6, (System.nanoTime() - begun) * 1e-9);
        TreeMap<String, Double> figures = new TreeMap<>();
        figures.put("loss", 1.0 / (1 + settings.epochs()));
        figures.put("steps", (double) batches);
        figures.put("tokens", 16.0 * data.examples().size());
        figures.put("seconds", seconds);
        return new Trained(trained.build(), new Metrics(data.examples().size(), figures));
    }

    /** The same made-up change, from the secret bits instead of a seed. */
    @Override
    public Trained trainPrivately(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            ExampleRelease release,
            BitSource bits,
            Dataset data,
            ProgressListener progress) {
        Trained trained = train(work, trainable, settings, bits.next(), data, progress);
        TreeMap<String, Double> steps = new TreeMap<>(Map.of("steps", (double) release.steps()));
        return new Trained(
                trained.tensors(),
                new Metrics(1, steps),
                canaries(release.terms().canaries(), bits));
    }

    /** Scores that tell nothing of who was included. */
    protected Optional<CanaryAudit.Scores> canaries(int count, BitSource bits) {
        if (count == 0) {
            return Optional.empty();
        }
        double[] scores = new double[count];
        boolean[] included = new boolean[count];
        for (int i = 0; i < count; i++) {
            scores[i] = bits.next();
            included[i] = bits.next() < 0;
        }
        return Optional.of(new CanaryAudit.Scores(scores, included));
    }

    @Override
    public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        pretend(progress);
        double[] losses = new double[data.examples().size()];
        double[] hits = new double[losses.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = 1 + i % 7 * 0.1;
            hits[i] = i % 2;
        }
        return new Judgement(losses, hits);
    }

    @Override
    public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        pretend(progress);
        double sum = 0;
        for (String name : work.start().layout().names()) {
            for (float value : work.start().read(name)) {
                sum += Math.abs(value);
            }
        }
        TreeMap<String, Double> figures = new TreeMap<>();
        figures.put("loss", sum);
        figures.put(work.task().isClassification() ? "accuracy" : "perplexity", 1 / (1 + sum));
        return new Metrics(data.examples().size(), figures);
    }

    private static void add(TensorSource shift, String name, float[] values) {
        if (shift.layout().names().contains(name)) {
            float[] by = shift.read(name);
            for (int i = 0; i < values.length; i++) {
                values[i] += by[i];
            }
        }
    }

    private void pretend(ProgressListener progress) {
        for (int done = 1; done <= batches; done++) {
            progress.progress(done, batches);
        }
    }

    @Override
    public void close() {}

    /** SplitMix64, 24 bits to an element: a change in ±0.01 that is never zero. */
    private static void disturb(float[] values, long key) {
        long state = key;
        for (int i = 0; i < values.length; i++) {
            state += GAMMA;
            long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            float unit = ((z >>> 40) + 1) * 0x1p-24f; // in (0, 1]
            values[i] += (z & 1) == 0 ? 0.01f * unit : -0.01f * unit;
        }
    }

    private static long keyOf(long seed, String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return seed * GAMMA + crc.getValue();
    }

    private static int[] shape(TensorInfo info) {
        return info.shape().stream().mapToInt(Integer::intValue).toArray();
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
