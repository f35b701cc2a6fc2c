package dev.tributary.protocol.chunk;

import java.time.Duration;

/**
 * What one agent may make the coordinator hold.
 *
 * @param maxBlobBytes largest blob
 * @param maxPartialBlobs unfinished blobs at a time; one more drops the one that has not grown for longest
 * @param maxIdle an unfinished blob that has not grown for this long is dropped
 */
public record AssemblyLimits(long maxBlobBytes, int maxPartialBlobs, Duration maxIdle) {

    public static final AssemblyLimits DEFAULT = new AssemblyLimits(4L << 30, 2, Duration.ofHours(1));

    public AssemblyLimits {
        if (maxBlobBytes < 1 || maxPartialBlobs < 1) {
            throw new IllegalArgumentException("limits must be ≥ 1, were " + maxBlobBytes + " and " + maxPartialBlobs);
        }
    }
}
