package dev.tributary.protocol.chain;

import dev.tributary.protocol.blob.Sha256;

/**
 * The newest message of a chain.
 *
 * @param sequence its number; 0 before the first
 * @param hash SHA-256 of its bytes as signed, 64 hex digits; empty before the first
 */
public record ChainHead(long sequence, String hash) {

    /** Where no message was sent yet. */
    public static final ChainHead START = new ChainHead(0, "");

    public ChainHead {
        if (sequence < 0 || (sequence == 0) != hash.isEmpty()) {
            throw new IllegalArgumentException("no head of a chain: number " + sequence + " with hash '" + hash + "'");
        }
    }

    /** The head that a message becomes. */
    public static ChainHead of(long sequence, byte[] signed) {
        return new ChainHead(sequence, Sha256.hex(Sha256.of(signed)));
    }
}
