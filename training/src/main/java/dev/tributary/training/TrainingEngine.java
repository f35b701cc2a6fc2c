package dev.tributary.training;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The seam between an agent and the numerics. One engine serves many trainings in one JVM; the frozen base model of a
 * directory is loaded once and shared.
 */
public interface TrainingEngine extends AutoCloseable {

    /** What trainings run on: {@code cpu}, or a GPU's index and name. */
    default String device() {
        return "cpu";
    }

    /** Bytes of memory that trainings can use: the GPU's, or the machine's. */
    default long memoryBytes() {
        return Hardware.memoryBytes();
    }

    /**
     * Reads what a coordinator must know of a model directory.
     *
     * @throws TrainingException if the directory is not a supported, complete model; the message names file and fix
     */
    ModelDescriptor describe(String name, Path directory);

    /**
     * The values that an adapter begins with where they are computed from the base's weights (PiSSA, OLoRA, DoRA, LoRA-XS);
     * the same on every machine, up to rounding.
     *
     * @throws TrainingException if the adapter's type computes none, or it targets no module
     */
    Tensors startingValues(Path directory, AdapterConfig adapter);

    /**
     * The truncated SVD of the first step of full fine-tuning, −size·sign(∇L), for an adapter with a core: B = U, R = Σ,
     * A = Vᵀ (LoRA-SB, Ponkshe et al. 2024); the same on every machine up to rounding.
     *
     * @param work its start gives the head
     * @param data to take the gradient of, all of it
     * @throws TrainingException if the adapter targets no module, or the gradient of one is zero
     */
    Tensors startingValues(Workload work, Dataset data, double size);

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

    /**
     * Trains as {@link #train} does, by noisy sums of clipped gradients: what comes back is differentially private in the
     * sense of {@code release}. Which examples are drawn follows from {@code bits}, not from a seed that others know.
     *
     * @param bits a fresh secret stream
     * @return the trained tensors, no figure that depends on the data ({@code steps} alone), and what became of canaries
     * @throws TrainingException if the adapter or a trained module does not allow gradients of single examples
     */
    Trained trainPrivately(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            ExampleRelease release,
            BitSource bits,
            Dataset data,
            ProgressListener progress);

    /** What the model makes of every single example, in the order of {@code data}; examples it cannot use are left out. */
    Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress);

    /**
     * Private data: not to be sent as it is.
     *
     * @param losses one an example
     * @param hits share of an example's targets that were predicted, 0 or 1 for a classification
     */
    record Judgement(double[] losses, double[] hits) {}

    /** Figures of the model on {@code data}: {@code loss} and {@code accuracy}, or {@code loss} and {@code perplexity}. */
    Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress);

    @Override
    void close();

    /** @param canaries what the training released of its canaries, if the privacy terms asked for any; secret */
    record Trained(Tensors tensors, Metrics metrics, Optional<CanaryAudit.Scores> canaries) {

        public Trained(Tensors tensors, Metrics metrics) {
            this(tensors, metrics, Optional.empty());
        }
    }

    /** Told after every batch; returning normally means go on. May throw {@link TrainingCancelledException}. */
    @FunctionalInterface
    interface ProgressListener {
        void progress(long done, long total);
    }
}
