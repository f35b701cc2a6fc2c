package dev.tributary.coordinator.view;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogJson;
import dev.tributary.coordinator.log.RecordedEvent;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Service;

/** The log as auditors read it. */
@Service
public class LogView {

    private final EventStore store;

    public LogView(EventStore store) {
        this.store = store;
    }

    /** @param body the event as JSON, a field a line */
    public record Line(long seq, Instant at, String type, String body, String hash) {}

    public List<String> streams() {
        return store.streams();
    }

    /** Events after {@code seq}, oldest first. */
    public List<Line> events(String stream, long seq, int limit) {
        return store.read(stream, seq, limit).stream().map(LogView::line).toList();
    }

    private static Line line(RecordedEvent e) {
        String body = LogJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(e.event());
        return new Line(e.seq(), e.at(), e.type(), body, e.hash());
    }

    /** What is wrong with the stream's hash chain, or an empty string. */
    public String verify(String stream) {
        return store.verify(stream);
    }
}
