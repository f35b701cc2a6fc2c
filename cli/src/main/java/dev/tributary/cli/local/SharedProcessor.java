package dev.tributary.cli.local;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * An engine for many agents in one process: a bounded number of trainings at a time, in the order in which they came. More
 * at once would take no less time, and the memory of all of them.
 */
final class SharedProcessor implements TrainingEngine {

    private final TrainingEngine engine;
    private final Semaphore places;

    SharedProcessor(TrainingEngine engine, int places) {
        this.engine = engine;
        this.places = new Semaphore(places, true);
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
        return inTurn((done, total) -> {}, () -> engine.startingValues(directory, adapter));
    }

    @Override
    public Tensors startingValues(Workload work, Dataset data, double size) {
        return inTurn((done, total) -> {}, () -> engine.startingValues(work, data, size));
    }

    @Override
    public Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress) {
        return inTurn(progress, () -> engine.train(work, trainable, settings, seed, data, progress));
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
        return inTurn(progress, () -> engine.trainPrivately(work, trainable, settings, release, bits, data, progress));
    }

    @Override
    public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        return inTurn(progress, () -> engine.judge(work, data, batchSize, progress));
    }

    @Override
    public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        return inTurn(progress, () -> engine.evaluate(work, data, batchSize, progress));
    }

    private <T> T inTurn(ProgressListener progress, Supplier<T> work) {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingCancelledException("interrupted while waiting for the processor");
        }
        try {
            progress.progress(0, 1); // whoever was cancelled in the queue leaves it here
            return work.get();
        } finally {
            places.release();
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
