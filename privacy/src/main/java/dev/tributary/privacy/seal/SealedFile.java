package dev.tributary.privacy.seal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Files in AES-256-GCM, in records of 1 MiB that are numbered and of which the last is marked (STREAM; Hoang, Reyhanitabar,
 * Rogaway and Vizár 2015): a record that is changed, moved, left out or cut off does not open. A key is for one content.
 */
public final class SealedFile {

    private static final int RECORD = 1 << 20;
    private static final int LARGE = 8 * RECORD;

    private SealedFile() {}

    /** Size of the sealed form of so many bytes. */
    public static long sealedSize(long size) {
        return size + records(size) * AesGcm.TAG_BYTES;
    }

    private static long records(long size) {
        return Math.max(1, (size + RECORD - 1) / RECORD);
    }

    /** Writes the sealed form of {@code from} to {@code to}. */
    public static void seal(byte[] key, Path from, Path to) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
            long size = in.size();
            transform(Cipher.ENCRYPT_MODE, key, in, RECORD, records(size), to);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot encrypt with AES-GCM", e);
        }
    }

    /**
     * Writes what {@code from} is the sealed form of to {@code to}. On failure {@code to} holds nothing to be used.
     *
     * @throws UnopenableException if the file was sealed with another key, or is not what was sealed
     */
    public static void open(byte[] key, Path from, Path to) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
            long record = RECORD + AesGcm.TAG_BYTES;
            long records = (in.size() + record - 1) / record;
            if (in.size() < AesGcm.TAG_BYTES) {
                throw new UnopenableException("a sealed file has more than " + in.size() + " bytes");
            }
            transform(Cipher.DECRYPT_MODE, key, in, (int) record, records, to);
        } catch (GeneralSecurityException e) {
            throw new UnopenableException("sealed with another key, or changed on the way", e);
        }
    }

    private static void transform(int mode, byte[] key, FileChannel in, int record, long records, Path to)
            throws IOException, GeneralSecurityException {
        if (in.size() >= LARGE) {
            AesGcm.warmUp();
        }
        Cipher cipher = AesGcm.cipher();
        SecretKeySpec secret = new SecretKeySpec(key, "AES");
        ByteBuffer input = ByteBuffer.allocate(record);
        ByteBuffer output = ByteBuffer.allocate(RECORD + AesGcm.TAG_BYTES);
        try (FileChannel out = FileChannel.open(
                to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (long i = 0; i < records; i++) {
                input.clear();
                while (input.hasRemaining() && in.read(input) >= 0) {
                    // a channel may give less than was asked for
                }
                input.flip();
                output.clear();
                cipher.init(mode, secret, new GCMParameterSpec(AesGcm.TAG_BITS, nonce(i, i == records - 1)));
                cipher.doFinal(input, output);
                output.flip();
                while (output.hasRemaining()) {
                    out.write(output);
                }
            }
        }
    }

    private static byte[] nonce(long record, boolean last) {
        return ByteBuffer.allocate(12)
                .putShort((short) 0)
                .put((byte) 0)
                .putLong(record)
                .put((byte) (last ? 1 : 0))
                .array();
    }
}
