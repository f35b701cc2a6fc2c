package dev.tributary.protocol;

import dev.tributary.plan.BlobRef;
import org.jspecify.annotations.Nullable;

/**
 * Where a blob's chunks lie: consecutive records of one partition, though records of other blobs may lie between them.
 *
 * @param lastOffset offset of the manifest that ends the blob
 * @param seal how it is opened; null if it travels as it is
 */
public record BlobLocation(
        BlobRef blob,
        String topic,
        int partition,
        long firstOffset,
        long lastOffset,
        @Nullable ContentSeal seal) {

    /** Of a blob that travels as it is. */
    public BlobLocation(BlobRef blob, String topic, int partition, long firstOffset, long lastOffset) {
        this(blob, topic, partition, firstOffset, lastOffset, null);
    }

    /** The same place, opened by {@code other}. */
    public BlobLocation withSeal(@Nullable ContentSeal other) {
        return new BlobLocation(blob, topic, partition, firstOffset, lastOffset, other);
    }

    /** The blob whose chunks lie there. */
    public BlobRef onTheWire() {
        return seal == null ? blob : seal.sealed();
    }
}
