package dev.tributary.training.packaged;

import java.nio.file.Path;

/**
 * Where extracted models and native libraries are kept: the environment variable {@code TRIBUTARY_CACHE}, or
 * {@code ~/.cache/tributary}. Everything below it can be deleted at any time and is made again when needed. The system
 * property {@code tributary.cache} wins over both.
 */
public final class CacheDirectory {

    private CacheDirectory() {}

    public static Path root() {
        String chosen = System.getProperty("tributary.cache", System.getenv().getOrDefault("TRIBUTARY_CACHE", ""));
        Path root =
                chosen.isBlank() ? Path.of(System.getProperty("user.home"), ".cache", "tributary") : Path.of(chosen);
        return root.toAbsolutePath().normalize();
    }

    /** Directory of the packaged models. */
    public static Path models() {
        return root().resolve("models");
    }

    /** Directory of native libraries that Java libraries unpack from their jars. */
    public static Path natives() {
        return root().resolve("natives");
    }
}
