package dev.tributary.protocol;

import java.time.Instant;

/**
 * A message with its binding: who sent it, to whom, in which federation and as which number in the sender's sequence.
 *
 * @param from agent id, or {@code coordinator}
 * @param to agent id, {@code coordinator}, or {@code *} for the shared topics
 * @param sequence one more than that of the message before on the channel (from, to), over restarts; 0 for blob
 *     manifests, which stand outside of the sequence
 * @param previous SHA-256 of the message before on the channel as it was signed, 64 hex digits; empty for the first
 */
public record Envelope(
        String federation, String from, String to, long sequence, String previous, Instant at, Message message) {

    /** The coordinator's name in {@link #from} and {@link #to}. */
    public static final String COORDINATOR = "coordinator";
}
