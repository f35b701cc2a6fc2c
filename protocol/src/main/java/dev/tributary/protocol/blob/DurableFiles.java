package dev.tributary.protocol.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are on the disk, whole, once a method returned. */
public final class DurableFiles {

    private DurableFiles() {}

    /** Replaces {@code file} by {@code content} in one step. */
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file + " has no parent directory");
        }
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, file.getFileName().toString(), ".new");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Moves a file that is already flushed, replacing what stands there, and flushes the directory's entry. */
    static void move(Path from, Path to) throws IOException {
        Path directory = to.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(to + " has no parent directory");
        }
        Files.createDirectories(directory);
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Path beside = Files.createTempFile(directory, "incoming", ".new");
            Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
            flush(beside);
            Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(from);
        }
        flushDirectory(directory);
    }

    static void flush(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void flushDirectory(Path directory) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // directories cannot be opened there
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
