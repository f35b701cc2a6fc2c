package dev.tributary.training.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows of a file with one JSON object in each line; blank lines are skipped. */
record JsonLines(TextFile file) implements Rows {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Scalars by their text; objects and lists as their JSON. */
    private record Fields(long line, JsonNode object) implements Row {
        @Override
        public Optional<String> get(String column) {
            JsonNode node = object.get(column);
            if (node == null) { // not a key itself, so a path
                node = object;
                for (String key : column.split("\\.", -1)) {
                    node = node.path(key);
                }
            }
            if (node.isMissingNode() || node.isNull()) {
                return Optional.empty();
            }
            return Optional.of(node.isValueNode() ? node.asString() : node.toString());
        }
    }

    @Override
    public void read(Sink sink) throws IOException {
        try (BufferedReader reader = file.open()) {
            long line = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (!text.isBlank()) {
                    pass(line, text, sink);
                }
            }
        }
    }

    private static void pass(long line, String text, Sink sink) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JacksonException e) {
            sink.malformed(line);
            return;
        }
        if (node.isObject()) {
            sink.row(new Fields(line, node));
        } else {
            sink.malformed(line);
        }
    }
}
