package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code config.json} of a Hugging Face directory, with errors that name the file and the key. */
public final class ModelConfig {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String where;
    private final JsonNode root;

    private ModelConfig(String where, JsonNode root) {
        this.where = where;
        this.root = root;
    }

    public static ModelConfig read(Path directory) {
        Path file = directory.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new TrainingException(file + " does not exist. A model directory needs config.json, "
                    + "model.safetensors (or its shards with an index) and tokenizer.json");
        }
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new TrainingException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static ModelConfig parse(String json, String where) {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new TrainingException(where + ": must be a JSON object");
            }
            return new ModelConfig(where, root);
        } catch (JacksonException e) {
            throw new TrainingException(where + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** First entry of {@code architectures}, for example {@code BertModel}; empty if there is none. */
    public String architecture() {
        return root.path("architectures").path(0).asString("");
    }

    /** {@code model_type}, for example {@code bert}; empty if there is none. */
    public String modelType() {
        return root.path("model_type").asString("");
    }

    public boolean has(String key) {
        JsonNode node = root.path(key);
        return !node.isMissingNode() && !node.isNull();
    }

    /** The object under {@code key}; an object without keys if it is absent. */
    public ModelConfig section(String key) {
        return new ModelConfig(where + ": " + key, root.path(key));
    }

    /** A required integer ≥ 1. */
    public int positive(String key) {
        if (!has(key)) {
            throw new TrainingException(where + ": " + key + " is missing");
        }
        int value = integer(key, 0);
        if (value < 1) {
            throw new TrainingException(where + ": " + key + " must be ≥ 1, was " + value);
        }
        return value;
    }

    public int positive(String key, int otherwise) {
        return has(key) ? positive(key) : otherwise;
    }

    /** A required integer ≥ 1 that divides {@code width}, such as a number of attention heads. */
    public int divisorOf(int width, String key) {
        int value = positive(key);
        if (width % value != 0) {
            throw new TrainingException(where + ": " + key + " " + value + " does not divide the width " + width);
        }
        return value;
    }

    public int integer(String key, int otherwise) {
        JsonNode node = root.path(key);
        if (!has(key)) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw new TrainingException(where + ": " + key + " must be an integer, was " + node);
        }
        return node.intValue();
    }

    public double number(String key, double otherwise) {
        JsonNode node = root.path(key);
        if (!has(key)) {
            return otherwise;
        }
        if (!node.isNumber()) {
            throw new TrainingException(where + ": " + key + " must be a number, was " + node);
        }
        return node.doubleValue();
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode node = root.path(key);
        if (!has(key)) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw new TrainingException(where + ": " + key + " must be true or false, was " + node);
        }
        return node.booleanValue();
    }

    public String text(String key, String otherwise) {
        JsonNode node = root.path(key);
        if (!has(key)) {
            return otherwise;
        }
        if (!node.isString()) {
            throw new TrainingException(where + ": " + key + " must be a string, was " + node);
        }
        return node.stringValue();
    }

    public List<String> texts(String key) {
        List<String> values = new ArrayList<>();
        root.path(key).forEach(node -> values.add(node.asString("")));
        return values;
    }

    public List<Double> numbers(String key) {
        List<Double> values = new ArrayList<>();
        root.path(key).forEach(node -> values.add(node.doubleValue()));
        return values;
    }

    /** {@code value} of {@code key} must be one of {@code supported}. */
    public String oneOf(String key, String otherwise, String... supported) {
        String value = text(key, otherwise);
        if (!List.of(supported).contains(value)) {
            throw new TrainingException(where + ": " + key + " '" + value + "' is not supported. Supported: "
                    + String.join(", ", supported));
        }
        return value;
    }

    public TrainingException problem(String message) {
        return new TrainingException(where + ": " + message);
    }
}
