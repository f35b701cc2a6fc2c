package dev.tributary.adapter.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One thread at a time, of all processes that name the same file. For loading native libraries: JavaCPP unpacks them
 * into a directory that all processes of a user share, and one that loads a half-written library crashes.
 */
public final class ProcessLock {

    private static final System.Logger LOG = System.getLogger(ProcessLock.class.getName());

    private ProcessLock() {}

    /** Runs {@code body} when nobody else runs theirs; without the lock, and a warning, if {@code file} cannot be locked. */
    public static synchronized void run(Path file, Runnable body) {
        try (FileChannel channel = open(file);
                FileLock held = channel.lock()) {
            LOG.log(System.Logger.Level.TRACE, "locked {0}", held);
            body.run();
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} cannot be locked ({1}); processes that start for the first time at once may crash",
                    file,
                    e);
            body.run();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
