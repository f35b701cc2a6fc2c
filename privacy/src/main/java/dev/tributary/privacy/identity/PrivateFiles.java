package dev.tributary.privacy.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may read, written whole or not at all. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int MAX_BYTES = 1 << 20;

    private PrivateFiles() {}

    public static boolean exists(Path file) {
        return Files.exists(file);
    }

    /** Writes a new file; if another process made it in the meantime, that one stays. */
    public static void createExclusively(Path file, byte[] content) {
        try {
            Path temporary = writeBeside(file, content);
            try {
                Files.createLink(file, temporary);
            } catch (FileAlreadyExistsException e) {
                return;
            } catch (UnsupportedOperationException | FileSystemException e) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Replaces the file's content in one step. */
    public static void replace(Path file, byte[] content) {
        try {
            Files.move(writeBeside(file, content), file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** @throws IdentityException if group or others may read it */
    public static byte[] read(Path file) {
        try {
            if (isPosix(file)) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
                if (!OWNER_ONLY.containsAll(permissions)) {
                    throw new IdentityException("Key file " + file + " is open to other users ("
                            + PosixFilePermissions.toString(permissions) + "). Run: chmod 600 " + file);
                }
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new IdentityException("Key file " + file + " is larger than 1 MiB; it is not a key file.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IdentityException("Key file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path writeBeside(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file + " has no parent directory");
        }
        Files.createDirectories(directory);
        Path temporary = isPosix(directory)
                ? Files.createTempFile(directory, ".new-", ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createTempFile(directory, ".new-", ".tmp");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        return temporary;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static IdentityException unwritable(Path file, IOException e) {
        return new IdentityException(
                "Key file " + file + " cannot be written: " + e + ". Check that its directory is writable.", e);
    }
}
