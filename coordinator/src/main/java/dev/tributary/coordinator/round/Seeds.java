package dev.tributary.coordinator.round;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Independent seeds for every purpose, derived from the job's one seed. */
final class Seeds {

    private Seeds() {}

    /** First 8 bytes of SHA-256 over the parts joined by '/', sign bit cleared. */
    static long of(Object... parts) {
        String text = Arrays.stream(parts).map(Object::toString).collect(Collectors.joining("/"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() & Long.MAX_VALUE;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
