package dev.tributary.training;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model as one plan sees it.
 *
 * @param modelDirectory Hugging Face directory of the unmodified base
 * @param folds low-rank folds ({@code fold_P}, {@code fold_Q} per module) to add to the base, in order
 * @param foldKey identifies the folded base (for example the joined hashes of the fold blobs), so that an engine can keep
 *     it between rounds; empty for no folds
 * @param start values of all adapter and head tensors
 * @param baseDtype of the frozen linear modules, {@code fp32} or {@code bf16}
 * @param shift what a training moves tensors by in all, beside what the data says; empty for nothing
 */
public record Workload(
        Path modelDirectory,
        Job.Task task,
        AdapterConfig adapter,
        List<TensorSource> folds,
        String foldKey,
        TensorSource start,
        String baseDtype,
        Optional<TensorSource> shift) {
    public Workload {
        folds = List.copyOf(folds);
        if (!baseDtype.equals("fp32") && !baseDtype.equals("bf16")) {
            throw new TrainingException("training.base-dtype must be fp32 or bf16, was " + baseDtype);
        }
    }

    /** On a float32 base. */
    public Workload(
            Path modelDirectory,
            Job.Task task,
            AdapterConfig adapter,
            List<TensorSource> folds,
            String foldKey,
            TensorSource start) {
        this(modelDirectory, task, adapter, folds, foldKey, start, "fp32");
    }

    /** A training that follows the data alone. */
    public Workload(
            Path modelDirectory,
            Job.Task task,
            AdapterConfig adapter,
            List<TensorSource> folds,
            String foldKey,
            TensorSource start,
            String baseDtype) {
        this(modelDirectory, task, adapter, folds, foldKey, start, baseDtype, Optional.empty());
    }

    /** This work with tensors moved by {@code by} while they train, spread over the steps as the learning rate is. */
    public Workload withShift(TensorSource by) {
        return new Workload(modelDirectory, task, adapter, folds, foldKey, start, baseDtype, Optional.of(by));
    }

    /** The base with its folds alone. */
    public Workload withoutAdapter() {
        return new Workload(
                modelDirectory, task, adapter, folds, foldKey, Tensors.builder().build(), baseDtype);
    }

    /** This work on a base that also grows by {@code own} folds, which nobody else has: not kept between rounds. */
    public Workload withFolds(List<? extends TensorSource> own) {
        if (own.isEmpty()) {
            return this;
        }
        List<TensorSource> all = new ArrayList<>(folds);
        all.addAll(own);
        return new Workload(modelDirectory, task, adapter, all, "", start, baseDtype, shift);
    }
}
