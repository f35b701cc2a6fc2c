package dev.tributary.agent.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a base model's files are.
 *
 * @param directory a Hugging Face directory; empty for a model that comes with the software
 */
public record ModelSource(Optional<Path> directory) {

    public static ModelSource packaged() {
        return new ModelSource(Optional.empty());
    }

    public static ModelSource in(Path directory) {
        return new ModelSource(Optional.of(directory));
    }
}
