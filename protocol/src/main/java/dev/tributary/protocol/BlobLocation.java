package dev.tributary.protocol;

import dev.tributary.plan.BlobRef;

/**
 * Where a blob's chunks lie: consecutive records of one partition, though records of other blobs may lie between them.
 *
 * @param lastOffset offset of the manifest that ends the blob
 */
public record BlobLocation(BlobRef blob, String topic, int partition, long firstOffset, long lastOffset) {}
