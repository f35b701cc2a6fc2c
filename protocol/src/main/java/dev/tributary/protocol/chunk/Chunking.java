package dev.tributary.protocol.chunk;

import dev.tributary.plan.BlobRef;

/**
 * How a blob is cut: every chunk but the last has {@code chunkBytes} bytes. An empty blob has no chunks.
 *
 * @param chunkBytes 1 to {@link #MAX_CHUNK_BYTES}
 */
public record Chunking(BlobRef blob, int chunkBytes) {

    /** With its headers a chunk of this size fits Kafka's default limit of 1 MiB a record. */
    public static final int MAX_CHUNK_BYTES = 960_000;

    public Chunking {
        if (chunkBytes < 1 || chunkBytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("chunks have 1 to " + MAX_CHUNK_BYTES + " bytes, not " + chunkBytes);
        }
        if ((blob.size() + chunkBytes - 1) / chunkBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("too many chunks of " + chunkBytes + " bytes for " + blob.size());
        }
    }

    public int count() {
        return (int) ((blob.size() + chunkBytes - 1) / chunkBytes);
    }

    public long offset(int index) {
        return (long) index * chunkBytes;
    }

    /** Bytes of chunk {@code index}. */
    public int length(int index) {
        return (int) Math.min(chunkBytes, blob.size() - offset(index));
    }
}
