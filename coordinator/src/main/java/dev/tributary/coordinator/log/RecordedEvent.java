package dev.tributary.coordinator.log;

import java.time.Instant;

/**
 * An event as it stands in its stream.
 *
 * @param seq position in the stream, from 1
 * @param epoch of the leader that appended it
 * @param at to the millisecond
 * @param hash SHA-256 (hex) over the previous hash, the header and the stored bytes
 */
public record RecordedEvent(String stream, long seq, long epoch, Instant at, String type, Event event, String hash) {}
