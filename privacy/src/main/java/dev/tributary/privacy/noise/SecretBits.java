package dev.tributary.privacy.noise;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-CTR keystream under a key that is drawn from the system's secure random source for this object alone. The key
 * is never stored or returned, so no stream can be produced twice: a restarted process draws another one. Not
 * thread-safe.
 */
public final class SecretBits implements BitSource, AutoCloseable {
    private static final int KEY_BYTES = 32;
    /** Large enough for the processor's parallel AES, small enough for the second-level cache. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final byte[] ZEROS = new byte[CHUNK_BYTES];
    private static final byte[] SALT = "tributary noise v1".getBytes(StandardCharsets.US_ASCII);

    private final Cipher cipher;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private boolean closed;

    /** @param seed is wiped */
    SecretBits(byte[] seed, String purpose) {
        byte[] key = Hkdf.derive(SALT, seed, purpose.getBytes(StandardCharsets.UTF_8), KEY_BYTES);
        Arrays.fill(seed, (byte) 0);
        try {
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot do AES-256 in counter mode", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * A new stream.
     *
     * @param purpose what it is for, such as {@code job/round/noise}; separates streams, is not secret
     */
    public static SecretBits fresh(String purpose) {
        byte[] seed = new byte[KEY_BYTES];
        strong().nextBytes(seed);
        return new SecretBits(seed, purpose);
    }

    @Override
    public void fill(long[] words, int from, int to) {
        if (closed) {
            throw new IllegalStateException("this stream is closed");
        }
        for (int at = from; at < to; ) {
            int count = Math.min(to - at, CHUNK_BYTES / Long.BYTES);
            try {
                cipher.update(ZEROS, 0, count * Long.BYTES, chunk, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES in counter mode failed", e);
            }
            ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words, at, count);
            at += count;
        }
    }

    /** Forgets the key and the last words. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Arrays.fill(chunk, (byte) 0);
        try {
            byte[] other = new byte[KEY_BYTES];
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(other, "AES"), new IvParameterSpec(new byte[16]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES in counter mode failed", e);
        }
    }

    private static SecureRandom strong() {
        try {
            return SecureRandom.getInstanceStrong();
        } catch (NoSuchAlgorithmException e) {
            return new SecureRandom();
        }
    }
}
