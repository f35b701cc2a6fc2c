package dev.tributary.protocol.chunk;

import dev.tributary.protocol.blob.Sha256;
import java.security.MessageDigest;

/**
 * One piece of a blob as it came over the wire. Nothing about it is checked before {@link #problem()} was asked.
 *
 * @param sha256 of {@code body}, 32 bytes
 */
public record Chunk(Chunking chunking, int index, byte[] sha256, byte[] body) {

    /** What is wrong with it, in a few words, or empty. */
    public String problem() {
        if (index < 0 || index >= chunking.count()) {
            return "index " + index + " of " + chunking.count();
        }
        if (body.length != chunking.length(index)) {
            return "chunk " + index + " has " + body.length + " bytes, not " + chunking.length(index);
        }
        if (!MessageDigest.isEqual(sha256, Sha256.of(body))) {
            return "chunk " + index + " has another SHA-256 than its header says";
        }
        return "";
    }
}
