package dev.tributary.privacy.seal;

import java.util.Arrays;
import org.bouncycastle.crypto.hpke.HPKE;

/**
 * How a content key gets to its addressee: HPKE (RFC 9180) in base mode with HKDF-SHA256 and AES-256-GCM. The addressee's
 * key decides the suite, so nobody in between can talk two parties into a weaker one.
 */
public enum SealSuite {
    /** Diffie-Hellman on Curve25519. */
    X25519(HPKE.kem_X25519_SHA256),
    /** X25519 and ML-KEM-768 together: stays closed to an adversary who keeps traffic for a quantum computer. */
    X_WING(HPKE.kem_X_WING);

    private final short kem;

    SealSuite(short kem) {
        this.kem = kem;
    }

    /** Number of the key encapsulation in HPKE's registry. */
    public int id() {
        return Short.toUnsignedInt(kem);
    }

    /** As it stands in configuration: {@code x25519}, {@code x-wing}. */
    public String text() {
        return this == X25519 ? "x25519" : "x-wing";
    }

    /** @throws IllegalArgumentException if there is no such suite */
    public static SealSuite of(int id) {
        return Arrays.stream(values())
                .filter(suite -> suite.id() == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sealing suite has number " + id));
    }

    HPKE hpke() {
        return new HPKE(HPKE.mode_base, kem, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }
}
