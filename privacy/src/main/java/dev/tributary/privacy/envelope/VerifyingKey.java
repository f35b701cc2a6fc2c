package dev.tributary.privacy.envelope;

import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 public key (RFC 8032). Immutable. Computed by Bouncy Castle: the Java runtime's own Ed25519 takes some ten
 * times as long for a signature, and every message here carries one.
 */
public final class VerifyingKey {

    /** Length of a raw key in bytes. */
    public static final int RAW_LENGTH = 32;

    /** DER of SubjectPublicKeyInfo for Ed25519 up to the key's bits (RFC 8410 §4). */
    private static final byte[] SPKI_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final byte[] raw;

    private VerifyingKey(byte[] raw) {
        this.raw = raw;
    }

    /** @throws IllegalArgumentException if the bytes are not a point on the curve that can be a key */
    public static VerifyingKey ofRaw(byte[] raw) {
        if (raw.length != RAW_LENGTH) {
            throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, got " + raw.length);
        }
        if (!Ed25519.validatePublicKeyPartial(raw, 0)) {
            throw new IllegalArgumentException("not an Ed25519 public key");
        }
        return new VerifyingKey(raw.clone());
    }

    /** @throws IllegalArgumentException if {@code key} is not an Ed25519 key */
    public static VerifyingKey of(PublicKey key) {
        byte[] spki = key.getEncoded();
        if (spki == null
                || spki.length != SPKI_PREFIX.length + RAW_LENGTH
                || !Arrays.equals(spki, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length)) {
            throw new IllegalArgumentException("not an Ed25519 public key: " + key.getAlgorithm());
        }
        return ofRaw(Arrays.copyOfRange(spki, SPKI_PREFIX.length, spki.length));
    }

    public byte[] raw() {
        return raw.clone();
    }

    /** Whether {@code signature} is this key's over {@code data}; malformed signatures are simply not. */
    public boolean verifies(byte[] data, byte[] signature) {
        return signature.length == Ed25519.SIGNATURE_SIZE && Ed25519.verify(signature, 0, raw, 0, data, 0, data.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifyingKey that && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }
}
