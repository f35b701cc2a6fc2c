package dev.tributary.coordinator.audit;

import dev.tributary.privacy.envelope.Signer;
import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.protocol.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the log stood at a moment, signed by the coordinator. Each carries the hash of the one before, so that whoever
 * keeps one of them anywhere holds the coordinator to everything before it.
 *
 * @param number 1 for the first
 * @param text what is signed: number, previous hash, time, then the heads of streams that grew, a line each
 * @param signature Ed25519 over the prefix {@code tributary/checkpoint/1}, a zero byte and the text; hex
 */
public record Checkpoint(long number, String text, String signature) {

    /** What the first one has for a previous hash. */
    public static final String START = "0".repeat(64);

    private static final byte[] PREFIX = "tributary/checkpoint/1\0".getBytes(StandardCharsets.US_ASCII);

    /** A stream's newest event. */
    public record Head(long seq, String hash) {}

    static Checkpoint sign(long number, String previous, long atMillis, SortedMap<String, Head> heads, Signer signer) {
        StringBuilder text = new StringBuilder()
                .append(number)
                .append('\n')
                .append(previous)
                .append('\n')
                .append(atMillis)
                .append('\n');
        heads.forEach((stream, head) -> text.append(stream)
                .append(' ')
                .append(head.seq())
                .append(' ')
                .append(head.hash())
                .append('\n'));
        byte[] signature = signer.sign(prefixed(text.toString()));
        return new Checkpoint(number, text.toString(), HexFormat.of().formatHex(signature));
    }

    /** SHA-256 of the text: what the next one carries, and what a witness has to keep. */
    public String hash() {
        return Sha256.hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    String previous() {
        return line(1);
    }

    private String line(int index) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4) {
            throw new IllegalArgumentException("checkpoint " + number + " is not complete");
        }
        return lines[index];
    }

    /** Whether the key's owner signed exactly this. */
    boolean isSignedBy(VerifyingKey key) {
        try {
            return line(0).equals(Long.toString(number))
                    && key.verifies(prefixed(text), HexFormat.of().parseHex(signature));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** @throws IllegalArgumentException if the text is not a checkpoint's */
    SortedMap<String, Head> heads() {
        TreeMap<String, Head> heads = new TreeMap<>();
        line(2);
        text.lines().skip(3).forEach(line -> {
            String[] parts = line.split(" ", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("checkpoint " + number + " has the line '" + line + "'");
            }
            heads.put(parts[0], new Head(Long.parseLong(parts[1]), parts[2]));
        });
        return heads;
    }

    private static byte[] prefixed(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] data = new byte[PREFIX.length + body.length];
        System.arraycopy(PREFIX, 0, data, 0, PREFIX.length);
        System.arraycopy(body, 0, data, PREFIX.length, body.length);
        return data;
    }
}
