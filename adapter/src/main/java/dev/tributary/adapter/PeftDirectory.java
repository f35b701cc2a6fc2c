package dev.tributary.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A directory as Hugging Face PEFT writes and {@code PeftModel.from_pretrained} loads it: {@value #CONFIG} and
 * {@value #TENSORS}. Tensor names are ours, without PEFT's prefix {@value #PREFIX}. Open until closed.
 */
public final class PeftDirectory implements AutoCloseable {

    public static final String CONFIG = "adapter_config.json";
    public static final String TENSORS = "adapter_model.safetensors";
    /** What PEFT puts before a module's path. */
    public static final String PREFIX = "base_model.model.";

    private static final long CONFIG_LIMIT = 1 << 20;

    private final PeftConfig config;
    private final SafetensorsFile file;
    private final TensorSource tensors;

    private PeftDirectory(PeftConfig config, SafetensorsFile file, TensorSource tensors) {
        this.config = config;
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Opens a directory and checks it whole: the configuration, that every tensor has a known role, that factors come in
     * pairs (by name) and have the configured ranks.
     *
     * @throws FormatException naming the file and what is wrong with it
     * @throws UncheckedIOException if a file is missing or cannot be read
     */
    public static PeftDirectory open(Path directory) {
        PeftConfig config = readConfig(directory.resolve(CONFIG));
        Path path = directory.resolve(TENSORS);
        if (!Files.exists(path) && Files.exists(directory.resolve("adapter_model.bin"))) {
            throw new FormatException(directory + ": holds only the pickle file adapter_model.bin, which is never read;"
                    + " save the adapter again with safetensors");
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            TensorSource tensors = new RenamedTensors(file, names(file));
            PeftTensors.check(config.adapter(), tensors.layout(), path.toString());
            return new PeftDirectory(config, file, tensors);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static PeftConfig readConfig(Path path) {
        try {
            if (Files.size(path) > CONFIG_LIMIT) {
                throw new FormatException(path + ": longer than " + CONFIG_LIMIT + " bytes");
            }
            return PeftConfigJson.parse(Files.readString(path), path.toString());
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("not a PEFT directory: there is no " + path, e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new FormatException(path + ": not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, String> names(SafetensorsFile file) {
        SortedMap<String, String> names = new TreeMap<>();
        for (String key : file.layout().names()) {
            if (isSharedProjection(key)) {
                names.put(key.substring("base_model.".length()), key);
            } else if (key.startsWith(PREFIX) && key.length() > PREFIX.length()) {
                names.put(key.substring(PREFIX.length()), key);
            } else {
                throw new FormatException(file.path() + ": " + key + " does not begin with " + PREFIX);
            }
        }
        return names;
    }

    private static boolean isSharedProjection(String key) {
        return key.equals("base_model.vera_A") || key.equals("base_model.vera_B");
    }

    public PeftConfig config() {
        return config;
    }

    /** Tensors by our names, for example {@code encoder.layer.0.attention.self.query.lora_A.weight}. */
    public TensorSource tensors() {
        return tensors;
    }

    @Override
    public void close() {
        file.close();
    }

    /**
     * Writes {@value #CONFIG} and {@value #TENSORS}; files of these names are replaced. Equal input gives equal bytes.
     *
     * @param tensors by our names; must fit {@code config}
     */
    public static void write(Path directory, PeftConfig config, TensorSource tensors) {
        PeftTensors.check(config.adapter(), tensors.layout(), directory.toString());
        SortedMap<String, String> names = new TreeMap<>();
        List<TensorInfo> infos = new ArrayList<>();
        for (TensorInfo info : tensors.layout().tensors().values()) {
            String key = (info.name().startsWith("vera_") ? "base_model." : PREFIX) + info.name();
            names.put(key, info.name());
            infos.add(new TensorInfo(key, info.dtype(), info.shape()));
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    directory.resolve(CONFIG),
                    PeftConfigJson.write(config, tensors.layout().names().contains("vera_A")),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + directory + ": " + e.getMessage(), e);
        }
        SafetensorsWriter.write(directory.resolve(TENSORS), new RenamedTensors(tensors, names), Map.of("format", "pt"));
    }
}
