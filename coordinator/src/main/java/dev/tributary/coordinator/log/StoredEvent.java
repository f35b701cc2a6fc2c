package dev.tributary.coordinator.log;

import java.nio.charset.StandardCharsets;

/**
 * An event as it is stored, whatever it means.
 *
 * @param body JSON
 * @param previous hash of the event before in the stream
 */
public record StoredEvent(
        String stream, long seq, long epoch, long atMillis, String type, String body, String previous, String hash) {

    /** The hash that follows from all the rest. */
    public String computedHash() {
        return HashChain.next(previous, stream, seq, epoch, atMillis, type, body.getBytes(StandardCharsets.UTF_8));
    }
}
