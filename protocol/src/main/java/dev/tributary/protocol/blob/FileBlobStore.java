package dev.tributary.protocol.blob;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.crash.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Blobs as files named by their SHA-256 in two levels of folders ({@code blobs/ab/cd/abcd...}), so that no folder
 * grows large. A file appears by an atomic rename after it was flushed to disk. Many threads and several processes may
 * use one directory; a claim holds in its own process only, as only the coordinator that leads deletes.
 */
public final class FileBlobStore implements BlobStore {

    private static final Duration ABANDONED_AFTER = Duration.ofDays(7);
    private static final long CLAIM_NANOS = Duration.ofSeconds(30).toNanos();

    private final Path blobs;
    private final Path work;
    private final LongSupplier nanoClock;
    private final Map<BlobRef, Long> claimed = new HashMap<>(); // guarded by itself

    /** @throws BlobStoreException if {@code root} cannot be made or written */
    public FileBlobStore(Path root) {
        this(root, System::nanoTime);
    }

    /** @param nanoClock by which claims run out */
    public FileBlobStore(Path root, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.blobs = root.resolve("blobs");
        this.work = root.resolve("work");
        try {
            Files.createDirectories(blobs);
            Files.createDirectories(work);
            removeAbandoned();
        } catch (IOException e) {
            throw failed("make its folders in " + root, e);
        }
    }

    /** Files in the making that nobody has touched for days belong to transfers that were given up. */
    private void removeAbandoned() throws IOException {
        FileTime oldest = FileTime.from(Instant.now().minus(ABANDONED_AFTER));
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public boolean has(BlobRef blob) {
        try {
            return Files.size(file(blob)) == blob.size();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean claim(BlobRef blob) {
        synchronized (claimed) {
            boolean there = has(blob);
            if (there) {
                claimed.put(blob, nanoClock.getAsLong());
            }
            return there;
        }
    }

    @Override
    public Path path(BlobRef blob) {
        if (!has(blob)) {
            if (!Files.isDirectory(blobs)) {
                throw failed("read blob " + blob.sha256(), new NoSuchFileException(blobs.toString()));
            }
            throw new NoSuchElementException(
                    "blob " + blob.sha256() + " (" + blob.size() + " bytes) is not in " + blobs);
        }
        return file(blob);
    }

    @Override
    public BlobRef put(Path file) {
        try {
            BlobRef blob = Sha256.of(file);
            store(blob, file);
            return blob;
        } catch (IOException e) {
            throw failed("store " + file, e);
        }
    }

    @Override
    public void adopt(BlobRef verified, Path file) {
        try {
            if (Files.size(file) != verified.size()) {
                throw new IllegalArgumentException(
                        file + " has " + Files.size(file) + " bytes, not " + verified.size());
            }
            store(verified, file);
        } catch (IOException e) {
            throw failed("store " + file, e);
        }
    }

    private void store(BlobRef blob, Path file) throws IOException {
        if (has(blob)) {
            Files.delete(file);
            return;
        }
        CrashPoint.BEFORE_STORE.pass();
        DurableFiles.flush(file);
        DurableFiles.move(file, file(blob));
        CrashPoint.AFTER_STORE.pass();
    }

    @Override
    public boolean delete(BlobRef blob) {
        try {
            synchronized (claimed) {
                claimed.values().removeIf(since -> nanoClock.getAsLong() - since >= CLAIM_NANOS);
                if (claimed.containsKey(blob)) {
                    return false;
                }
                Files.deleteIfExists(file(blob));
                return true;
            }
        } catch (IOException e) {
            throw failed("delete blob " + blob.sha256(), e);
        }
    }

    @Override
    public Path workDirectory() {
        return work;
    }

    private Path file(BlobRef blob) {
        String sha256 = blob.sha256();
        return blobs.resolve(sha256.substring(0, 2))
                .resolve(sha256.substring(2, 4))
                .resolve(sha256);
    }

    private BlobStoreException failed(String what, IOException e) {
        return new BlobStoreException(
                "Blob store " + blobs + " could not " + what + ": " + e
                        + ". Check that the disk is there, writable and not full.",
                e);
    }
}
