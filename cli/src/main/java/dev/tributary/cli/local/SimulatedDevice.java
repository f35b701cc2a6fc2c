package dev.tributary.cli.local;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An engine as slow, as far away and as unreliable as a profile says: trainings take longer and their bytes take time, and
 * some fail. Evaluations are not slowed, so that figures of a round come as soon as they can. Does not close the engine.
 */
final class SimulatedDevice implements TrainingEngine {
    private static final long SLICE_MILLIS = 200;

    /** Lets time pass. */
    @FunctionalInterface
    interface Waiting {
        void await(Duration time) throws InterruptedException;
    }

    private final TrainingEngine engine;
    private final DeviceProfile profile;
    private final Waiting waiting;
    private final SplittableRandom random;

    SimulatedDevice(TrainingEngine engine, DeviceProfile profile, Waiting waiting) {
        this.engine = engine;
        this.profile = profile;
        this.waiting = waiting;
        this.random = new SplittableRandom(profile.seed());
    }

    static TrainingEngine of(TrainingEngine engine, DeviceProfile profile) {
        return profile.isSlowOrFails()
                ? new SimulatedDevice(engine, profile, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()))
                : engine;
    }

    @Override
    public String device() {
        return engine.device();
    }

    @Override
    public long memoryBytes() {
        return engine.memoryBytes();
    }

    @Override
    public ModelDescriptor describe(String name, Path directory) {
        return engine.describe(name, directory);
    }

    @Override
    public Tensors startingValues(Path directory, AdapterConfig adapter) {
        return engine.startingValues(directory, adapter);
    }

    @Override
    public Tensors startingValues(Workload work, Dataset data, double size) {
        return engine.startingValues(work, data, size);
    }

    @Override
    public Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress) {
        return simulate(work, trainable, progress, () -> engine.train(work, trainable, settings, seed, data, progress));
    }

    @Override
    public Trained trainPrivately(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            ExampleRelease release,
            BitSource bits,
            Dataset data,
            ProgressListener progress) {
        return simulate(
                work,
                trainable,
                progress,
                () -> engine.trainPrivately(work, trainable, settings, release, bits, data, progress));
    }

    @Override
    public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        return engine.judge(work, data, batchSize, progress);
    }

    @Override
    public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        return engine.evaluate(work, data, batchSize, progress);
    }

    private Trained simulate(
            Workload work, Set<String> trainable, ProgressListener progress, Supplier<Trained> training) {
        if (failsNow()) {
            throw new TrainingException("this simulated device drops out (probability " + profile.dropOut() + ")");
        }
        pass(bytes(work.start().layout(), name -> true) / profile.bytesPerSecond(), progress);
        long begin = System.nanoTime();
        Trained trained = training.get();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double sent = bytes(trained.tensors().layout(), trainable::contains);
        pass(seconds * (1 / profile.speed() - 1) + sent / profile.bytesPerSecond(), progress);
        return trained;
    }

    private synchronized boolean failsNow() {
        return random.nextDouble() < profile.dropOut();
    }

    private static double bytes(Layout layout, Predicate<String> which) {
        return layout.tensors().values().stream()
                        .filter(info -> which.test(info.name()))
                        .mapToDouble(TensorInfo::elements)
                        .sum()
                * Float.BYTES;
    }

    /** In slices, so that one that is cancelled leaves, and the coordinator sees that it lives. */
    private void pass(double seconds, ProgressListener progress) {
        long left = Math.round(1000 * seconds);
        try {
            while (left > 0) {
                long slice = Math.min(left, SLICE_MILLIS);
                waiting.await(Duration.ofMillis(slice));
                left -= slice;
                progress.progress(1, 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingCancelledException("interrupted while a simulated device was slow");
        }
    }

    @Override
    public void close() {}
}
