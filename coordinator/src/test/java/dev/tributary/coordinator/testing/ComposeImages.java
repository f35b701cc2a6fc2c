package dev.tributary.coordinator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The images that docker-compose.yml names, so that what is shipped is what is tested. */
public final class ComposeImages {

    private ComposeImages() {}

    /** @throws IllegalStateException if there is none of that beginning */
    public static String startingWith(String beginning) {
        Path file = Path.of("..", "docker-compose.yml");
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("image: " + beginning))
                    .map(line -> line.substring("image: ".length()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(file + " names no image " + beginning));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
