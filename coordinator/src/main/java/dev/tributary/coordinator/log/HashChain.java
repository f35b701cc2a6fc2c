package dev.tributary.coordinator.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Links each event to the one before: SHA-256 over the previous hash, the event's header and its bytes as stored. */
public final class HashChain {

    /** What the first event of a stream has for a previous hash. */
    public static final String START = "0".repeat(64);

    private HashChain() {}

    static String next(String previous, String stream, long seq, long epoch, long atMillis, String type, byte[] body) {
        String header = previous + '\n' + stream + '\n' + seq + '\n' + epoch + '\n' + atMillis + '\n' + type + '\n';
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(header.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
