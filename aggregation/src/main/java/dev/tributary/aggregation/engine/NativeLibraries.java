package dev.tributary.aggregation.engine;

import dev.tributary.adapter.io.ProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/** Loads native libraries while no other process unpacks any into JavaCPP's cache. */
final class NativeLibraries {

    /** Training, which unpacks libraries into the same directory, uses the same name. */
    private static final String LOCK = "tributary.lock";

    private NativeLibraries() {}

    static void load(Runnable first) {
        try {
            Path cache = Loader.getCacheDir().toPath();
            ProcessLock.run(cache.resolve(LOCK), first);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no directory for native libraries: " + e.getMessage()
                            + ". Make ~/.javacpp writable, or set -Dorg.bytedeco.javacpp.cachedir to a directory",
                    e);
        }
    }
}
