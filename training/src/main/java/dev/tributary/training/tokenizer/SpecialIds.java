package dev.tributary.training.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ids of padding, beginning and end, looked up in this order: {@code tokenizer_config.json} (the token's text, found
 * among the added tokens), {@code config.json} (ids), and for padding {@code tokenizer.json}'s padding section.
 */
record SpecialIds(OptionalInt pad, OptionalInt bos, OptionalInt eos) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static SpecialIds read(Path directory) throws IOException {
        Map<String, Integer> added = new HashMap<>();
        OptionalInt paddingSection = scan(directory.resolve("tokenizer.json"), added);
        JsonNode tokens = tree(directory.resolve("tokenizer_config.json"));
        JsonNode model = tree(directory.resolve("config.json"));
        OptionalInt pad = find("pad", tokens, added, model);
        return new SpecialIds(
                pad.isPresent() ? pad : paddingSection,
                find("bos", tokens, added, model),
                find("eos", tokens, added, model));
    }

    private static OptionalInt find(String kind, JsonNode tokens, Map<String, Integer> added, JsonNode model) {
        JsonNode token = tokens.path(kind + "_token");
        String text = token.isObject() ? token.path("content").asString("") : token.asString("");
        Integer id = added.get(text);
        if (id != null) {
            return OptionalInt.of(id);
        }
        JsonNode ids = model.path(kind + "_token_id");
        JsonNode first = ids.isArray() ? ids.path(0) : ids; // Llama 3 lists several ends
        return first.isInt() ? OptionalInt.of(first.asInt()) : OptionalInt.empty();
    }

    /** Reads the added tokens and the padding id, skipping the vocabulary, which can be tens of megabytes. */
    private static OptionalInt scan(Path file, Map<String, Integer> added) throws IOException {
        OptionalInt pad = OptionalInt.empty();
        try (var in = Files.newInputStream(file);
                JsonParser parser = JSON.createParser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return pad;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                if (key.equals("added_tokens")) {
                    JsonNode list = parser.readValueAsTree();
                    list.forEach(t -> added.put(
                            t.path("content").asString(""), t.path("id").asInt(0)));
                } else if (key.equals("padding")) {
                    JsonNode padding = parser.readValueAsTree();
                    JsonNode id = padding.path("pad_id");
                    pad = id.isInt() ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
                } else {
                    parser.skipChildren();
                }
            }
        }
        added.remove("");
        return pad;
    }

    private static JsonNode tree(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return JSON.createObjectNode();
        }
        try (var in = Files.newInputStream(file)) {
            return JSON.readTree(in);
        }
    }
}
