package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** SHA-256 (hex) of the files of a model directory, by which agents and coordinator agree on a base model. */
public final class Hashes {

    private Hashes() {}

    /** Of model.safetensors, or of the sorted list of its shards' hashes. */
    public static String weights(Path directory) {
        return WeightFiles.find(directory).sha256();
    }

    /** Of tokenizer.json. */
    public static String tokenizer(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new TrainingException(file + " does not exist; fetch it from where the model came from");
        }
        return WeightFiles.sha256(file);
    }
}
