package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes {@code adapter_config.json}. Unknown fields are ignored unless they change what the adapter computes. */
final class PeftConfigJson {

    private static final ObjectMapper JSON = JsonMapper.builder(StrictJson.factory())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Fields that change the adapter's arithmetic in ways this reader does not know; they must be absent or off. */
    private static final Set<String> UNSUPPORTED = Set.of(
            "alora_invocation_tokens",
            "arrow_config",
            "layer_replication",
            "lora_bias",
            "target_parameters",
            "trainable_token_indices",
            "use_bdlora",
            "use_qalora");

    private final JsonNode root;
    private final String where;

    private PeftConfigJson(JsonNode root, String where) {
        this.root = root;
        this.where = where;
    }

    static PeftConfig parse(String text, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new FormatException(where + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new FormatException(where + ": must be a JSON object");
        }
        return new PeftConfigJson(root, where).config();
    }

    private PeftConfig config() {
        String type = type();
        for (String field : UNSUPPORTED) {
            if (isSet(root.path(field))) {
                throw new FormatException(where + ": " + field + " is set, which is not supported");
            }
        }
        String bias = text("bias");
        if (bias != null && !bias.equals("none")) {
            throw new FormatException(where + ": bias is '" + bias + "'; only 'none' is supported");
        }
        int rank = rank(root.path("r"), "r");
        double alpha = type.equals("vera") ? rank : number(root.path("lora_alpha"), "lora_alpha");
        AdapterConfig adapter;
        try {
            adapter = new AdapterConfig(
                    type,
                    rank,
                    alpha,
                    strings("target_modules"),
                    pattern("rank_pattern", node -> rank(node, "rank_pattern")),
                    pattern("alpha_pattern", node -> number(node, "alpha_pattern")),
                    dropout(type),
                    strings("modules_to_save"),
                    initialisation());
        } catch (IllegalArgumentException e) {
            throw new FormatException(where + ": " + e.getMessage(), e);
        }
        return new PeftConfig(adapter, text("base_model_name_or_path"), text("task_type"), flag("fan_in_fan_out"));
    }

    private String type() {
        String peft = text("peft_type");
        if (peft == null) {
            throw new FormatException(where + ": peft_type is missing");
        }
        if (peft.equals("VERA")) {
            return "vera";
        }
        if (!peft.equals("LORA")) {
            throw new FormatException(where + ": peft_type " + peft + " is not supported (LORA, VERA)");
        }
        boolean rslora = flag("use_rslora");
        boolean dora = flag("use_dora");
        if (rslora && dora) {
            throw new FormatException(where + ": use_rslora together with use_dora is not supported");
        }
        return rslora ? "rslora" : dora ? "dora" : "lora";
    }

    private double dropout(String type) {
        JsonNode node = root.path(type.equals("vera") ? "vera_dropout" : "lora_dropout");
        return node.isMissingNode() || node.isNull() ? 0 : number(node, "dropout");
    }

    private String initialisation() {
        JsonNode node = root.path("init_lora_weights");
        if (node.isString()) {
            return node.stringValue();
        }
        return node.isBoolean() && !node.booleanValue() ? "random" : "kaiming";
    }

    private static boolean isSet(JsonNode node) {
        return !(node.isMissingNode()
                || node.isNull()
                || (node.isBoolean() && !node.booleanValue())
                || (node.isContainer() && node.isEmpty()));
    }

    private @Nullable String text(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw new FormatException(where + ": " + field + " must be a string, was " + brief(node));
        }
        return node.stringValue();
    }

    private boolean flag(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw new FormatException(where + ": " + field + " must be true or false, was " + brief(node));
        }
        return node.booleanValue();
    }

    private int rank(JsonNode node, String field) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
            throw new FormatException(where + ": " + field + " must be an integer ≥ 1, was " + brief(node));
        }
        return node.intValue();
    }

    private double number(JsonNode node, String field) {
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw new FormatException(where + ": " + field + " must be a number, was " + brief(node));
        }
        return node.doubleValue();
    }

    private List<String> strings(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (node.isString()) {
            return List.of(node.stringValue());
        }
        List<String> result = new ArrayList<>();
        for (JsonNode item : node.isArray() ? node : JSON.createArrayNode().add(node)) {
            if (!item.isString()) {
                throw new FormatException(
                        where + ": " + field + " must be a string or a list of strings, was " + brief(node));
            }
            result.add(item.stringValue());
        }
        return result;
    }

    private <T> SortedMap<String, T> pattern(String field, Function<JsonNode, T> value) {
        JsonNode node = root.path(field);
        SortedMap<String, T> result = new TreeMap<>();
        if (node.isMissingNode() || node.isNull()) {
            return result;
        }
        if (!node.isObject()) {
            throw new FormatException(where + ": " + field + " must be an object, was " + brief(node));
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            result.put(entry.getKey(), value.apply(entry.getValue()));
        }
        return result;
    }

    private static String brief(JsonNode node) {
        if (node.isMissingNode()) {
            return "missing";
        }
        String text = node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    /** The file's text as PEFT lays it out: keys in order, two spaces. */
    static String write(PeftConfig config, boolean hasProjections) {
        AdapterConfig adapter = config.adapter();
        boolean vera = adapter.type().equals("vera");
        ObjectNode root = JSON.createObjectNode();
        if (!vera) {
            ObjectNode alphas = root.putObject("alpha_pattern");
            adapter.alphaPattern().forEach((module, alpha) -> putNumber(alphas, module, alpha));
        }
        root.put("base_model_name_or_path", config.baseModel());
        root.put("bias", "none");
        if (vera) {
            root.put("d_initial", 0.1);
        }
        root.put("fan_in_fan_out", config.fanInFanOut());
        root.put("inference_mode", true);
        if (vera) {
            root.put("init_weights", true);
        } else {
            root.put("init_lora_weights", true);
            putNumber(root, "lora_alpha", adapter.alpha());
            root.put("lora_dropout", adapter.dropout());
        }
        putStrings(root, "modules_to_save", adapter.modulesToSave());
        root.put("peft_type", vera ? "VERA" : "LORA");
        if (vera) {
            root.put("projection_prng_key", 0);
        }
        root.put("r", adapter.rank());
        if (vera) {
            root.put("save_projection", hasProjections);
        } else {
            ObjectNode ranks = root.putObject("rank_pattern");
            adapter.rankPattern().forEach(ranks::put);
        }
        root.putNull("revision");
        putStrings(root, "target_modules", adapter.targetModules());
        root.put("task_type", config.taskType());
        if (vera) {
            root.put("vera_dropout", adapter.dropout());
        } else {
            root.put("use_dora", adapter.type().equals("dora"));
            root.put("use_rslora", adapter.type().equals("rslora"));
        }
        return JSON.writeValueAsString(root) + "\n";
    }

    private static void putNumber(ObjectNode node, String field, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            node.put(field, (long) value);
        } else {
            node.put(field, value);
        }
    }

    private static void putStrings(ObjectNode node, String field, List<String> values) {
        if (values.isEmpty()) {
            node.putNull(field);
        } else {
            ArrayNode array = node.putArray(field);
            values.forEach(array::add);
        }
    }
}
