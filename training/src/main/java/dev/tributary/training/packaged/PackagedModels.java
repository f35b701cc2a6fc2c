package dev.tributary.training.packaged;

import dev.tributary.training.TrainingException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The base models that need no download: {@code minilm}, an encoder, and {@code sotu-llama}, a small decoder. */
public final class PackagedModels {

    private static final List<PackagedModel> ALL = List.of(
            new PackagedModel(
                    "minilm",
                    List.of(
                            PackagedModel.Copied.own("minilm", "config.json"),
                            PackagedModel.Copied.own("minilm", "tokenizer_config.json"),
                            PackagedModel.Copied.own("minilm", "README.md"),
                            new PackagedModel.Copied(
                                    "tokenizer.json",
                                    "/all-minilm-l6-v2-tokenizer.json",
                                    "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0"),
                            new PackagedModel.Converted(
                                    "model.safetensors",
                                    "/all-minilm-l6-v2.onnx",
                                    "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
                                    "2c1ddbe6f92a30bb64a1577cc5c7085355e9349dc64f8bb78e11ebbec3541b59"))),
            new PackagedModel(
                    "sotu-llama",
                    List.of(
                            PackagedModel.Copied.own("sotu-llama", "config.json"),
                            PackagedModel.Copied.own("sotu-llama", "generation_config.json"),
                            PackagedModel.Copied.own("sotu-llama", "tokenizer_config.json"),
                            PackagedModel.Copied.own("sotu-llama", "special_tokens_map.json"),
                            PackagedModel.Copied.own("sotu-llama", "README.md"),
                            PackagedModel.Copied.own("sotu-llama", "tokenizer.json"),
                            PackagedModel.Copied.own("sotu-llama", "model.safetensors"))));

    private static final Set<Path> VERIFIED = new HashSet<>();

    private PackagedModels() {}

    public static List<String> names() {
        return ALL.stream().map(PackagedModel::name).toList();
    }

    public static boolean contains(String name) {
        return names().contains(name);
    }

    /** {@link #resolve(String, Path)} in the default cache folder. */
    public static Path resolve(String name) {
        return resolve(name, CacheDirectory.models());
    }

    /**
     * The model's Hugging Face directory, {@code cacheDir/name}; laid out if it is not there, else checked by SHA-256 the
     * first time this process asks.
     *
     * @throws TrainingException if there is no such model, the files there are damaged, or the folder cannot be written
     */
    public static synchronized Path resolve(String name, Path cacheDir) {
        PackagedModel model = find(name);
        Path directory = cacheDir.resolve(name).toAbsolutePath().normalize();
        if (!VERIFIED.contains(directory)) {
            new ModelDirectory(model, directory).prepare();
            VERIFIED.add(directory);
        }
        return directory;
    }

    static PackagedModel find(String name) {
        return ALL.stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new TrainingException(
                        "there is no packaged model '" + name + "'. Packaged models: " + String.join(", ", names())));
    }
}
