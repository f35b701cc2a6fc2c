package dev.tributary.training;

import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.Set;

/**
 * The seam between an agent and the numerics. One engine serves many trainings in one JVM; the frozen base model of a
 * directory is loaded once and shared.
 */
public interface TrainingEngine extends AutoCloseable {

    /**
     * Reads what a coordinator must know of a model directory.
     *
     * @throws TrainingException if the directory is not a supported, complete model; the message names file and fix
     */
    ModelDescriptor describe(String name, Path directory);

    /**
     * Trains the named tensors from their values in {@code work.start()}.
     *
     * @param trainable names of the tensors to train; all other tensors of the workload stay as they are
     * @param seed of batch order and dropout
     * @return the trained tensors, and figures over the training ({@code loss, steps, tokens, seconds, paddingShare})
     * @throws TrainingException on a non-finite loss (step, batch and last finite loss are named), unusable data, ...
     */
    Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress);

    /** Figures of the model on {@code data}: {@code loss} and {@code accuracy}, or {@code loss} and {@code perplexity}. */
    Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress);

    @Override
    void close();

    record Trained(Tensors tensors, Metrics metrics) {}

    /** Told after every batch; returning normally means go on. May throw {@link TrainingCancelledException}. */
    @FunctionalInterface
    interface ProgressListener {
        void progress(long done, long total);
    }
}
