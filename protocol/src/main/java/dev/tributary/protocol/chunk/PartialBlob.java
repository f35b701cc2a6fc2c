package dev.tributary.protocol.chunk;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.blob.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A blob of which some chunks have arrived: a file of the final size, and beside it a bitmap of the chunks in it. Both
 * outlive the process. Chunks may come in any order and more than once. Never more than one chunk is in memory. Not for
 * use by several threads at once.
 */
public final class PartialBlob implements AutoCloseable {

    private final Chunking chunking;
    private final Path part;
    private final FileChannel data;
    private final ChunkMap arrived;
    private final MessageDigest digest = Sha256.digest();
    private int digested; // chunks at the front that went through the digest

    private PartialBlob(Chunking chunking, Path part, FileChannel data, ChunkMap arrived) {
        this.chunking = chunking;
        this.part = part;
        this.data = data;
        this.arrived = arrived;
    }

    /**
     * Opens what has arrived so far, or begins.
     *
     * @param directory on the file system of the store that the blob is to go into
     * @param owner tells apart several senders of the same blob; empty if there is but one
     * @throws BlobStoreException if the disk does not let us
     */
    public static PartialBlob open(Path directory, String owner, Chunking chunking) {
        Path part = partFile(directory, owner, chunking.blob());
        try {
            Files.createDirectories(directory);
            FileChannel data = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new PartialBlob(chunking, part, data, ChunkMap.open(mapFile(part), chunking));
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    /** Like {@link #open} where the cutting is not known yet: as it was so far, else {@code likelyChunkBytes}. */
    public static PartialBlob resume(Path directory, String owner, BlobRef blob, int likelyChunkBytes) {
        Path part = partFile(directory, owner, blob);
        try {
            int chunkBytes = ChunkMap.chunkBytes(mapFile(part)).orElse(likelyChunkBytes);
            boolean sensible = chunkBytes >= 1 && chunkBytes <= Chunking.MAX_CHUNK_BYTES;
            return open(directory, owner, new Chunking(blob, sensible ? chunkBytes : likelyChunkBytes));
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    /** Removes what has arrived of a blob, if anything. */
    public static void delete(Path directory, String owner, BlobRef blob) {
        Path part = partFile(directory, owner, blob);
        try {
            Files.deleteIfExists(mapFile(part));
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    /** Notes a checked chunk; false if it was there already. */
    public boolean write(Chunk chunk) {
        int index = chunk.index();
        if (arrived.has(index)) {
            return false;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(chunk.body());
            long position = chunking.offset(index);
            while (bytes.hasRemaining()) {
                position += data.write(bytes, position);
            }
            arrived.add(index);
        } catch (IOException e) {
            throw failed(part, e);
        }
        if (index == digested) {
            digest.update(chunk.body());
            digested++;
        }
        return true;
    }

    public Chunking chunking() {
        return chunking;
    }

    public boolean isComplete() {
        return arrived.count() == chunking.count();
    }

    /** Index of the first chunk that has not arrived; the number of chunks if none is missing. */
    public int firstMissing() {
        return arrived.firstMissing();
    }

    /** How many bytes have arrived. */
    public long bytes() {
        return Math.min(chunking.blob().size(), (long) arrived.count() * chunking.chunkBytes());
    }

    /**
     * Moves the complete blob into the store and closes this.
     *
     * @return false if the bytes are not the blob's; then all of them are gone
     */
    public boolean moveInto(BlobStore store) {
        if (!isComplete()) {
            throw new IllegalStateException("chunk " + firstMissing() + " of " + chunking.count() + " is missing");
        }
        try {
            Sha256.update(
                    digest,
                    part,
                    Math.min(chunking.offset(digested), chunking.blob().size()),
                    chunking.blob().size());
            boolean right = Sha256.hex(digest.digest()).equals(chunking.blob().sha256())
                    && Files.size(part) == chunking.blob().size();
            close();
            if (right) {
                store.adopt(chunking.blob(), part);
                arrived.delete();
            } else {
                discard();
            }
            return right;
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    /** Closes this and removes its files. */
    public void discard() {
        close();
        try {
            arrived.delete();
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    @Override
    public void close() {
        try {
            data.close();
            arrived.close();
        } catch (IOException e) {
            throw failed(part, e);
        }
    }

    private static Path partFile(Path directory, String owner, BlobRef blob) {
        return directory.resolve((owner.isEmpty() ? "" : owner + "-") + blob.sha256() + ".part");
    }

    private static Path mapFile(Path part) {
        return part.resolveSibling(part.getFileName() + ".map");
    }

    private static BlobStoreException failed(Path part, IOException e) {
        return new BlobStoreException(
                "Cannot write the incoming blob " + part + ": " + e
                        + ". Check that the disk is there, writable and not full.",
                e);
    }
}
