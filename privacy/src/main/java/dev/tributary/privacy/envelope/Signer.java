package dev.tributary.privacy.envelope;

/** Signs in the name of one principal. Safe for use by many threads. */
public interface Signer {

    /** Names the key to whoever verifies; for Ed25519 the raw public key, 32 bytes. */
    byte[] keyId();

    /** Ed25519 signature over {@code data}, 64 bytes. */
    byte[] sign(byte[] data);
}
