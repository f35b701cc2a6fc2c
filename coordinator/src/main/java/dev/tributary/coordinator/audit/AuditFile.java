package dev.tributary.coordinator.audit;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.StoredEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The log as a file: a line of JSON each, the coordinator's key and its checkpoints before the events. */
public final class AuditFile {

    private static final int BATCH = 500;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * One line; exactly one part is not null.
     *
     * @param key the coordinator's Ed25519 public key, hex
     */
    record Line(
            @Nullable String key,
            @Nullable Checkpoint checkpoint,
            @Nullable StoredEvent event) {}

    private AuditFile() {}

    /** Writes everything there is; checkpoints first, so that all their events are there. */
    static void write(OutputStream out, String key, Checkpoints checkpoints, EventStore store) throws IOException {
        write(out, new Line(key, null, null));
        for (Checkpoint checkpoint : checkpoints.all()) {
            write(out, new Line(null, checkpoint, null));
        }
        for (String stream : store.streams()) {
            List<StoredEvent> batch = store.stored(stream, 0, BATCH);
            while (!batch.isEmpty()) {
                for (StoredEvent event : batch) {
                    write(out, new Line(null, null, event));
                }
                batch = store.stored(stream, batch.get(batch.size() - 1).seq(), BATCH);
            }
        }
    }

    /** Hashes of all checkpoints in an export. @throws IllegalArgumentException if it is not one */
    public static Set<String> checkpointHashes(BufferedReader export) throws IOException {
        Set<String> hashes = new HashSet<>();
        for (String text = export.readLine(); text != null; text = export.readLine()) {
            Line line = line(text);
            if (line.checkpoint() != null) {
                hashes.add(line.checkpoint().hash());
            }
        }
        return hashes;
    }

    /** @throws IllegalArgumentException if it is not a line of an export */
    static Line line(String text) {
        try {
            Line line = JSON.readValue(text, Line.class);
            if (line.key() == null && line.checkpoint() == null && line.event() == null) {
                throw new IllegalArgumentException("neither key, checkpoint nor event");
            }
            return line;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static void write(OutputStream out, Line line) throws IOException {
        out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
