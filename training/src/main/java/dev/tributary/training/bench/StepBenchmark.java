package dev.tributary.training.bench;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.model.Device;
import dev.tributary.training.optim.SeededRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Times whole LoRA training steps (forward, backward, AdamW) as an agent runs them, with differential privacy or without.
 */
public final class StepBenchmark {

    private final StepShape shape;
    private final int threads;
    private final boolean privately;
    private final List<Device> devices;
    private final String dtype;
    private final int trainers;

    /**
     * @param threads of each trainer
     * @param devices the processor, or GPUs that share every batch
     * @param privately whether every step clips the gradients of single examples and adds noise
     * @param dtype of the base, {@code fp32} or {@code bf16}
     * @param trainers that train at the same time over one frozen base, as several agents in one process do
     */
    public StepBenchmark(
            StepShape shape, int threads, boolean privately, List<Device> devices, String dtype, int trainers) {
        this.shape = shape;
        this.trainers = trainers;
        this.threads = threads;
        this.privately = privately;
        this.devices = devices;
        this.dtype = dtype;
    }

    /**
     * Measured steps after the warm-up, of the first trainer.
     *
     * @param wallSeconds per step
     * @param cpuSeconds of the training thread, per step: the whole work where {@code threads} is 1
     * @param peakDeviceBytes most that tensors took on one GPU; 0 on the processor
     * @param loss mean over all steps; two engines that do the same work agree on it roughly
     * @param residentWarm bytes of this process when all trainers have warmed up, and when the first has done its last
     *     step ({@code residentEnd}); absent where the system does not tell
     */
    public record Result(
            StepShape shape,
            int threads,
            double[] wallSeconds,
            double[] cpuSeconds,
            double loss,
            long peakDeviceBytes,
            OptionalLong residentWarm,
            OptionalLong residentEnd) {

        public double medianWallSeconds() {
            return median(wallSeconds);
        }

        public double medianCpuSeconds() {
            return median(cpuSeconds);
        }

        public double tokensPerSecond() {
            return shape.tokens() / medianWallSeconds();
        }

        private Result with(OptionalLong residentWarm, OptionalLong residentEnd) {
            return new Result(
                    shape, threads, wallSeconds, cpuSeconds, loss, peakDeviceBytes, residentWarm, residentEnd);
        }

        private static double median(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /** @param scratch where the model is written */
    public Result run(Path scratch, int warmup, int steps) throws IOException, InterruptedException {
        Path directory = SyntheticModel.write(shape, scratch.resolve(shape.name()));
        AtomicInteger warming = new AtomicInteger(trainers);
        AtomicReference<OptionalLong> warm = new AtomicReference<>(OptionalLong.empty());
        AtomicReference<OptionalLong> end = new AtomicReference<>(OptionalLong.empty());
        ExecutorService pool = Executors.newFixedThreadPool(trainers);
        try {
            List<Future<Result>> results = new ArrayList<>();
            for (int i = 0; i < trainers; i++) {
                StepClock clock = new StepClock(
                        warmup,
                        steps,
                        () -> {
                            if (warming.decrementAndGet() == 0) {
                                warm.set(ResidentMemory.bytes());
                            }
                        },
                        () -> end.compareAndSet(OptionalLong.empty(), ResidentMemory.bytes()));
                results.add(pool.submit(() -> one(directory, clock)));
            }
            for (Future<Result> result : results) {
                result.get();
            }
            return results.get(0).get().with(Objects.requireNonNull(warm.get()), Objects.requireNonNull(end.get()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    /** A trainer with an engine of its own, as every agent has one; engines of one process share the frozen base. */
    private Result one(Path directory, StepClock clock) {
        AdapterConfig adapter = AdapterConfig.lora(shape.rank(), 2 * shape.rank(), shape.targets());
        try (TorchEngine engine = new TorchEngine(threads, devices)) {
            Tensors start = start(engine.describe(shape.name(), directory), adapter);
            Workload work = new Workload(directory, task(), adapter, List.of(), "", start, dtype);
            Map<String, Double> figures = train(engine, work, settings(clock.steps()), clock)
                    .metrics()
                    .values();
            double loss = figures.getOrDefault("loss", Double.NaN);
            double peak = figures.getOrDefault("peakDeviceBytes", 0.0);
            return new Result(
                    shape,
                    threads,
                    clock.wall,
                    clock.cpu,
                    loss,
                    (long) peak,
                    OptionalLong.empty(),
                    OptionalLong.empty());
        }
    }

    private TrainingEngine.Trained train(TorchEngine engine, Workload work, Job.Training settings, StepClock clock) {
        Set<String> names = work.start().layout().names();
        if (!privately) {
            return engine.train(work, names, settings, 1, texts(), clock::step);
        }
        PrivacyTerms terms = new PrivacyTerms(
                PrivacyTerms.Unit.EXAMPLE,
                PrivacyTerms.Trust.LOCAL,
                Relation.ADD_REMOVE,
                new PrivacyTerms.Full(),
                new PrivacyTerms.FixedClip(1),
                PrivacyTerms.Weights.UNIFORM,
                new PrivacyBudget(1, 0.5),
                OptionalDouble.of(1),
                false);
        ExampleRelease release = new ExampleRelease(terms, 1, shape.batch(), settings.maxSteps());
        try (SecretBits bits = SecretBits.fresh("bench")) {
            return engine.trainPrivately(work, names, settings, release, bits, texts(), clock::step);
        }
    }

    private Job.Task task() {
        return shape.isDecoder()
                ? new Job.Task("causal-lm", List.of(), "words", shape.length(), "mean")
                : new Job.Task("sequence-classification", List.of("low", "high"), "words", shape.length(), "mean");
    }

    private Job.Training settings(int steps) {
        return new Job.Training(1, steps, shape.batch(), 1, 1e-4, 1e-4, "adamw", 0.01, 0, 0, "constant", 0);
    }

    private Dataset texts() {
        SeededRandom random = SeededRandom.of(2);
        List<Dataset.Example> examples = IntStream.range(0, shape.batch())
                .mapToObj(i -> new Dataset.Example(
                        IntStream.range(0, shape.length())
                                .mapToObj(w -> "w" + random.nextInt(shape.vocabulary()))
                                .collect(Collectors.joining(" ")),
                        i % 2))
                .toList();
        return () -> examples;
    }

    private Tensors start(ModelDescriptor model, AdapterConfig adapter) {
        SeededRandom random = SeededRandom.of(3);
        Tensors.Builder start = Tensors.builder();
        for (String module : model.select(adapter.targetModules())) {
            ModelDescriptor.LinearShape linear =
                    Objects.requireNonNull(model.linearModules().get(module));
            float[] a = new float[shape.rank() * linear.in()];
            for (int i = 0; i < a.length; i++) {
                a[i] = (float) (((random.nextLong() >>> 11) * 0x1p-52 - 1) / Math.sqrt(linear.in()));
            }
            start.put(module + ".lora_A.weight", a, shape.rank(), linear.in());
            start.put(module + ".lora_B.weight", new float[linear.out() * shape.rank()], linear.out(), shape.rank());
        }
        if (!shape.isDecoder()) {
            start.put("classifier.weight", new float[2 * shape.hidden()], 2, shape.hidden());
            start.put("classifier.bias", new float[2], 2);
        }
        return start.build();
    }
}
