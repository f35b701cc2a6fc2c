package dev.tributary.training.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** Opens the tokenizer of a model directory with Hugging Face's own library, through DJL. Never connects outward. */
public final class Tokenizers {

    private Tokenizers() {}

    /**
     * Loads {@code tokenizer.json}. Truncation and padding written in that file are ignored: some files pad every text to
     * a fixed 128 tokens.
     *
     * @throws TrainingException if the file is missing or is not a tokenizer; the message names it
     */
    public static TextTokenizer load(Path modelDirectory) {
        Path file = modelDirectory.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new TrainingException("no tokenizer in " + modelDirectory + ": " + file
                    + " is missing. Copy tokenizer.json from the model's own directory");
        }
        DjlSettings.apply();
        try {
            SpecialIds ids = SpecialIds.read(modelDirectory);
            Map<String, String> options = Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");
            try (var in = Files.newInputStream(file)) {
                return new HuggingFaceTextTokenizer(HuggingFaceTokenizer.newInstance(in, options), ids);
            }
        } catch (IOException e) {
            throw new TrainingException("cannot read the tokenizer " + file + ": " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new TrainingException("a JSON file beside " + file + " is malformed: " + e.getOriginalMessage(), e);
        } catch (RuntimeException | LinkageError e) {
            throw new TrainingException(
                    file + " cannot be loaded: " + e.getMessage() + ". It must be a Hugging Face tokenizer.json", e);
        }
    }
}
