package dev.tributary.aggregation.start;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.Aggregation.Produced;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A PEFT directory whose values a job begins with, and a classification head from {@code head.safetensors} in or beside
 * it, as {@code Export} writes them.
 */
public final class StartAdapter {

    private static final String HEAD = "head.safetensors";

    private final Path directory;
    private final TensorSource tensors;

    private StartAdapter(Path directory, TensorSource tensors) {
        this.directory = directory;
        this.tensors = tensors;
    }

    /**
     * Reads a directory whole.
     *
     * @param wanted the job's adapter; type, ranks and alphas must be the same
     * @throws FormatException if the directory is broken or does not fit; the message says how
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static StartAdapter read(Path directory, AdapterConfig wanted) {
        try (PeftDirectory peft = PeftDirectory.open(directory)) {
            compare(directory, peft.config().adapter(), wanted, peft.tensors());
            Tensors adapter = Tensors.copyOf(peft.tensors());
            for (Path head : List.of(directory.resolve(HEAD), directory.resolveSibling(HEAD))) {
                if (Files.isRegularFile(head)) {
                    try (SafetensorsFile file = SafetensorsFile.open(head)) {
                        Tensors values = Tensors.copyOf(file);
                        return new StartAdapter(directory, TensorUnion.of(List.of(adapter, values)));
                    }
                }
            }
            return new StartAdapter(directory, adapter);
        }
    }

    private static void compare(Path directory, AdapterConfig found, AdapterConfig wanted, TensorSource tensors) {
        if (!found.type().equals(wanted.type())) {
            throw new FormatException(directory + " is a " + found.type() + " adapter, the job's is " + wanted.type()
                    + "; set adapter.type: " + found.type());
        }
        for (String name : tensors.layout().names()) {
            int at = name.indexOf(".lora_A.");
            if (at < 0) {
                continue;
            }
            String module = name.substring(0, at);
            if (found.rankOf(module) != wanted.rankOf(module) || found.alphaOf(module) != wanted.alphaOf(module)) {
                throw new FormatException(directory + " has rank " + found.rankOf(module) + " and alpha "
                        + found.alphaOf(module) + " at " + module + ", the job has " + wanted.rankOf(module) + " and "
                        + wanted.alphaOf(module) + "; set adapter.rank and adapter.alpha to those of the directory");
            }
        }
    }

    /**
     * Replaces the values of a method's fresh state.
     *
     * @param fresh what the method made; files of parts that change are written again beside them
     * @throws FormatException if some adapter tensor of the state is not in the directory, or the other way round
     */
    public Produced into(Produced fresh, Path workDirectory) {
        SortedMap<String, Path> parts = new TreeMap<>();
        Set<String> unused = new TreeSet<>(tensors.layout().names());
        for (Map.Entry<String, Path> part : fresh.newParts().entrySet()) {
            Path replaced = workDirectory.resolve("start-" + part.getKey() + ".safetensors");
            try (SafetensorsFile made = SafetensorsFile.open(part.getValue());
                    SafetensorsWriter writer = new SafetensorsWriter(replaced, made.layout(), Map.of())) {
                for (TensorInfo info : made.layout().tensors().values()) {
                    writer.write(info.name(), value(info, made));
                    unused.remove(info.name());
                }
            }
            parts.put(part.getKey(), replaced);
        }
        if (!unused.isEmpty()) {
            throw new FormatException(directory + " has " + unused.iterator().next()
                    + ", which the job's adapter does not; check adapter.target-modules, task.labels and "
                    + "aggregation.method, whose state must be made of A and B");
        }
        return new Produced(parts, fresh.keptParts(), fresh.fold(), fresh.methodState());
    }

    private float[] value(TensorInfo wanted, TensorSource made) {
        String name = wanted.name();
        if (!tensors.layout().names().contains(name)) {
            if (name.contains(".lora_") || name.contains(".vera_")) {
                throw new FormatException(directory + " has no " + name
                        + ", which the job's adapter needs; check adapter.target-modules and aggregation.method");
            }
            return made.read(name); // a head that the directory does not bring begins afresh
        }
        TensorInfo found = Objects.requireNonNull(tensors.layout().get(name));
        if (!found.shape().equals(wanted.shape())) {
            throw new FormatException(
                    directory + ": " + name + " has shape " + found.shape() + ", the job needs " + wanted.shape());
        }
        return tensors.read(name);
    }
}
