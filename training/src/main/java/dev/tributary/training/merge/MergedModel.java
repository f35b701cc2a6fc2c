package dev.tributary.training.merge;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.training.TrainingException;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Checkpoint;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import dev.tributary.training.model.Weights;
import dev.tributary.training.model.family.Families;
import dev.tributary.training.model.family.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes the Hugging Face directory of a base with an adapter merged into its weights: what PEFT's {@code
 * merge_and_unload} gives. Merged weights are computed in float32 and stored in the base's element type; all other
 * tensors and files are the base's own.
 */
public final class MergedModel {

    private static final String WEIGHTS = "model.safetensors";

    private MergedModel() {}

    /**
     * Merges into a new directory.
     *
     * @param tensors by our names, fitting {@code adapter}
     * @return paths of the merged modules
     * @throws TrainingException if {@code out} holds files already, the adapter does not fit the base, or a file cannot be
     *     read or written
     */
    public static List<String> write(Path base, AdapterConfig adapter, TensorSource tensors, Path out) {
        NativeRuntime.prepare();
        try (Checkpoint checkpoint = Checkpoint.open(base);
                PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            requireEmpty(out);
            Weights weights = weights(base, checkpoint, adapter, bodyTensors(tensors, checkpoint));
            Map<String, Linear> merged = new TreeMap<>();
            weights.linears().forEach((path, linear) -> {
                if (linear.isAdapted()) {
                    merged.put(path + ".weight", linear);
                }
            });
            Files.createDirectories(out);
            copyOtherFiles(base, out);
            writeWeights(checkpoint, tensors, merged, out.resolve(WEIGHTS));
            return merged.values().stream().map(Linear::path).toList();
        } catch (IOException e) {
            throw new TrainingException("cannot write " + out + ": " + e.getMessage(), e);
        }
    }

    private static void requireEmpty(Path out) throws IOException {
        if (Files.exists(out)) {
            try (Stream<Path> files = Files.list(out)) {
                if (files.findAny().isPresent()) {
                    throw new TrainingException(out + " holds files already; name a new directory");
                }
            }
        }
    }

    /** Without heads that the base does not have: they are no part of the body and are added as they are. */
    private static TensorSource bodyTensors(TensorSource tensors, Checkpoint checkpoint) {
        return new TensorSubset(
                tensors, name -> !isSaved(name) || checkpoint.names().contains(name));
    }

    private static boolean isSaved(String name) {
        return !name.contains(".lora_") && !name.contains("vera_");
    }

    private static Weights weights(Path base, Checkpoint checkpoint, AdapterConfig config, TensorSource tensors) {
        ModelConfig model = ModelConfig.read(base);
        Family family = Families.of(model);
        AdapterTensors adapter = new AdapterTensors(config, tensors, Set.of(), Device.CPU);
        Weights weights = new Weights(checkpoint, adapter);
        family.body().create(model, weights);
        tensors.layout().names().stream().filter(MergedModel::isSaved).forEach(adapter::saved);
        adapter.complete();
        return weights;
    }

    private static void writeWeights(
            Checkpoint checkpoint, TensorSource adapter, Map<String, Linear> merged, Path file) {
        Map<String, TensorInfo> infos = new TreeMap<>();
        for (String name : checkpoint.names()) {
            TensorInfo info = checkpoint.info(name);
            if (info.dtype().isFloat()) { // whole numbers are positions, which every reader makes itself
                infos.put(name, info);
            }
        }
        for (TensorInfo saved : adapter.layout().tensors().values()) {
            if (isSaved(saved.name())) {
                infos.put(saved.name(), saved);
            }
        }
        Layout layout = Layout.of(new ArrayList<>(infos.values()));
        try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of("format", "pt"))) {
            for (String name : layout.names()) {
                try (PointerScope scope = new PointerScope()) {
                    writer.write(name, values(name, checkpoint, adapter, merged));
                }
            }
        }
    }

    private static float[] values(
            String name, Checkpoint checkpoint, TensorSource adapter, Map<String, Linear> merged) {
        Linear linear = merged.get(name);
        if (linear != null) {
            Tensor weight = linear.mergedWeight();
            return Torch.floats(linear.transposed() ? weight.t() : weight);
        }
        return adapter.layout().names().contains(name) ? adapter.read(name) : Torch.floats(checkpoint.tensor(name));
    }

    private static void copyOtherFiles(Path base, Path out) throws IOException {
        try (Stream<Path> files = Files.list(base)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".safetensors") && !name.endsWith(".index.json") && !name.endsWith(".bin")) {
                    Files.copy(file, out.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
