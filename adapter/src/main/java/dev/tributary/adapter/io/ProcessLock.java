package dev.tributary.adapter.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One thread at a time, of all processes that name the same file. For loading native libraries: JavaCPP unpacks them
 * into a directory that all processes of a user share, and one that loads a half-written library crashes.
 */
public final class ProcessLock {

    private static final System.Logger LOG = System.getLogger(ProcessLock.class.getName());

    private ProcessLock() {}

    /** Runs {@code body} when nobody else runs theirs; without the lock, and a warning, if {@code file} cannot be locked. */
    public static synchronized void run(Path file, Runnable body) {
        Optional<FileChannel> held = lock(file);
        try {
            body.run();
        } finally {
            held.ifPresent(ProcessLock::release);
        }
    }

    private static Optional<FileChannel> lock(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                channel.lock();
                return Optional.of(channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} cannot be locked ({1}); processes that start for the first time at once may crash",
                    file,
                    e);
            return Optional.empty();
        }
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a lock cannot be given back before this process ends", e);
        }
    }
}
