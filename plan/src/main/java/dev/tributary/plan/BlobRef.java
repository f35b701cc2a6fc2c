package dev.tributary.plan;

import java.util.regex.Pattern;

/**
 * A piece of content by its SHA-256 (lower-case hex) and length in bytes. Where it can be fetched is the transport's
 * business; that it is the right content is checked against this.
 */
public record BlobRef(String sha256, long size) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public BlobRef {
        if (!HEX.matcher(sha256).matches()) {
            throw new IllegalArgumentException("not a SHA-256 in lower-case hex: " + sha256);
        }
        if (size < 0) {
            throw new IllegalArgumentException("size must be ≥ 0, was " + size);
        }
    }
}
