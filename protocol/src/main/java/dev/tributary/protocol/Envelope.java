package dev.tributary.protocol;

import java.time.Instant;

/**
 * A message with its binding: who sent it, to whom, in which federation and as which number in the sender's sequence.
 *
 * @param from agent id, or {@code coordinator}
 * @param to agent id, {@code coordinator}, or {@code *} for the shared topics
 * @param sequence strictly increasing per (from, to) over restarts
 */
public record Envelope(String federation, String from, String to, long sequence, Instant at, Message message) {

    /** The coordinator's name in {@link #from} and {@link #to}. */
    public static final String COORDINATOR = "coordinator";
}
