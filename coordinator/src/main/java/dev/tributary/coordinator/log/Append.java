package dev.tributary.coordinator.log;

import java.util.List;

/**
 * Events for one stream.
 *
 * @param expectedSeq the stream's last position as the writer knows it; 0 for a new stream
 */
public record Append(String stream, long expectedSeq, List<? extends Event> events) {
    public Append {
        events = List.copyOf(events);
    }
}
