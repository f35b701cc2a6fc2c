package dev.tributary.coordinator.api;

import dev.tributary.coordinator.log.LogJson;
import dev.tributary.coordinator.view.LogView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;

/** The log over REST, stream by stream, as the audit page shows it. */
@RestController
@RequestMapping("/api/v1/audit/streams")
class LogController {

    private final LogView log;

    LogController(LogView log) {
        this.log = log;
    }

    /** @param broken what is wrong with the hash chain, empty if nothing is */
    record Checked(String stream, boolean intact, String broken) {}

    /**
     * @param event its fields
     * @param hash of this event and all before it
     */
    record LogEntry(long seq, Instant at, String type, Map<String, Object> event, String hash) {

        static LogEntry of(LogView.Line line) {
            return new LogEntry(
                    line.seq(),
                    line.at(),
                    line.type(),
                    LogJson.MAPPER.readValue(line.body(), new TypeReference<>() {}),
                    line.hash());
        }
    }

    /** Names; a job's stream has its id. */
    @GetMapping
    ResponseEntity<List<String>> all(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(log.streams(), limit, offset);
    }

    /** Computes a stream's hash chain again. */
    @GetMapping("/{stream}")
    Checked check(@PathVariable String stream) {
        String broken = log.verify(known(stream));
        return new Checked(stream, broken.isEmpty(), broken);
    }

    /** Oldest first. */
    @GetMapping("/{stream}/events")
    ResponseEntity<List<LogEntry>> events(
            @PathVariable String stream,
            @RequestParam(defaultValue = Pages.MOST) int limit,
            @RequestParam(defaultValue = "0") int offset) {
        known(stream);
        return Pages.of(
                (from, count) -> log.events(stream, from, count).stream()
                        .map(LogEntry::of)
                        .toList(),
                limit,
                offset);
    }

    private String known(String stream) {
        if (!log.streams().contains(stream)) {
            throw new NoSuchElementException(
                    "The log has no stream '" + stream + "'. GET /api/v1/audit/streams lists all.");
        }
        return stream;
    }
}
