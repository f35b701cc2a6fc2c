package dev.tributary.privacy.seal;

import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/** A party's public key, to which others seal. Immutable. */
public final class SealingKey {

    private final SealSuite suite;
    private final byte[] raw;
    private final AsymmetricKeyParameter parameter;

    private SealingKey(SealSuite suite, byte[] raw, AsymmetricKeyParameter parameter) {
        this.suite = suite;
        this.raw = raw;
        this.parameter = parameter;
    }

    /** @throws IllegalArgumentException if the bytes are no public key of that suite */
    public static SealingKey of(SealSuite suite, byte[] raw) {
        try {
            return new SealingKey(suite, raw.clone(), suite.hpke().deserializePublicKey(raw));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a public key of suite " + suite.text(), e);
        }
    }

    /** What {@link #encoded} gave: two bytes with the suite's number, then the key. */
    public static SealingKey decode(byte[] encoded) {
        if (encoded.length < 2) {
            throw new IllegalArgumentException("a sealing key has more than " + encoded.length + " bytes");
        }
        int id = (encoded[0] & 0xff) << 8 | encoded[1] & 0xff;
        return of(SealSuite.of(id), Arrays.copyOfRange(encoded, 2, encoded.length));
    }

    /** Suite and key in one array. */
    public byte[] encoded() {
        byte[] encoded = new byte[2 + raw.length];
        encoded[0] = (byte) (suite.id() >> 8);
        encoded[1] = (byte) suite.id();
        System.arraycopy(raw, 0, encoded, 2, raw.length);
        return encoded;
    }

    public SealSuite suite() {
        return suite;
    }

    byte[] raw() {
        return raw;
    }

    AsymmetricKeyParameter parameter() {
        return parameter;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealingKey that && suite == that.suite && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return suite.text() + ":" + HexFormat.of().formatHex(raw, 0, Math.min(8, raw.length));
    }
}
