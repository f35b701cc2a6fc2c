package dev.tributary.protocol.blob;

import dev.tributary.plan.BlobRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of arrays and files. */
public final class Sha256 {
    private static final int BUFFER_BYTES = 256 * 1024;

    private Sha256() {}

    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    public static byte[] of(byte[] data) {
        return digest().digest(data);
    }

    public static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    /** Reference of a file's content. */
    public static BlobRef of(Path file) throws IOException {
        MessageDigest digest = digest();
        long size = update(digest, file, 0, Long.MAX_VALUE);
        return new BlobRef(hex(digest.digest()), size);
    }

    /** Feeds the bytes from {@code from} to {@code to}, or the file's end, into {@code digest}; returns how many. */
    public static long update(MessageDigest digest, Path file, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long position = from;
            while (position < to) {
                buffer.clear();
                buffer.limit((int) Math.min(BUFFER_BYTES, to - position));
                int read = channel.read(buffer, position);
                if (read < 0) {
                    break;
                }
                digest.update(buffer.array(), 0, read);
                position += read;
            }
            return position - from;
        }
    }
}
