package dev.tributary.aggregation.export;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.DType;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a global state for use outside the platform: {@code adapter/}, a PEFT directory that gives the state's model on
 * the <em>unmodified</em> base (folds have become extra rank), and {@code head.safetensors} where there is a
 * classification head.
 */
public final class Export {

    private Export() {}

    /**
     * What was written.
     *
     * @param rank largest rank of a module
     * @param relativeError ‖written − exact‖_F / ‖exact‖_F over all modules: fp32 rounding, and what a truncation dropped
     */
    public record Report(Path adapter, int rank, double relativeError, boolean hasHead) {}

    /**
     * A state and its folds as one adapter for the unmodified base.
     *
     * @param rank largest rank of a module
     */
    public record Stacked(AdapterConfig config, TensorSource tensors, int rank, double relativeError) {}

    /** @param largestRank truncate modules of higher rank to it; 0 for no truncation */
    public static Stacked stacked(GlobalState state, List<TensorSource> folds, int largestRank) {
        UnmodifiedBaseAdapter adapter = UnmodifiedBaseAdapter.of(state, folds, largestRank);
        return new Stacked(adapter.config(), adapter.tensors(), adapter.largestRank(), adapter.relativeError());
    }

    /** Writes everything that the state and its folds hold. Files already there are replaced. */
    public static Report write(
            GlobalState state, List<TensorSource> folds, ModelDescriptor model, Job.Task task, Path directory) {
        return write(state, folds, model, task, directory, 0);
    }

    /**
     * @param folds the state's fold log from the unmodified base, in order
     * @param largestRank truncate modules of higher rank to it; 0 for no truncation
     */
    public static Report write(
            GlobalState state,
            List<TensorSource> folds,
            ModelDescriptor model,
            Job.Task task,
            Path directory,
            int largestRank) {
        if (folds.size() != state.ref().folds().size()) {
            throw new IllegalArgumentException(
                    "the state has " + state.ref().folds().size() + " folds, " + folds.size() + " were given");
        }
        UnmodifiedBaseAdapter adapter = UnmodifiedBaseAdapter.of(state, folds, largestRank);
        Path adapterDirectory = directory.resolve("adapter");
        PeftConfig config = new PeftConfig(
                adapter.config(),
                model.name(),
                task.isClassification() ? "FEATURE_EXTRACTION" : "CAUSAL_LM",
                model.architecture().startsWith("GPT2"));
        PeftDirectory.write(adapterDirectory, config, adapter.tensors());
        boolean hasHead = writeHead(state.tensors(), directory);
        writeText(
                adapterDirectory.resolve("README.md"),
                ModelCard.text(model, task, adapter.config(), hasHead, adapter.relativeError()));
        return new Report(adapterDirectory, adapter.largestRank(), adapter.relativeError(), hasHead);
    }

    private static boolean writeHead(TensorSource state, Path directory) {
        Tensors.Builder head = Tensors.builder();
        boolean found = false;
        for (TensorInfo info : state.layout().tensors().values()) {
            TensorRole role = TensorName.parse(info.name()).role();
            if (role == TensorRole.WEIGHT || role == TensorRole.BIAS) {
                head.put(new TensorInfo(info.name(), DType.F32, info.shape()), state.read(info.name()));
                found = true;
            }
        }
        if (found) {
            SafetensorsWriter.write(directory.resolve("head.safetensors"), head.build(), Map.of("format", "pt"));
        }
        return found;
    }

    private static void writeText(Path path, String text) {
        try {
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
        }
    }
}
