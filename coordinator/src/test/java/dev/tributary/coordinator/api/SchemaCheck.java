package dev.tributary.coordinator.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Compares a JSON value with a schema of an OpenAPI document, as far as springdoc writes them: references, types, arrays,
 * maps, enumerations. A property that the schema does not name is a mismatch.
 */
final class SchemaCheck {
    private final JsonNode document;
    private final List<String> mismatches = new ArrayList<>();

    SchemaCheck(JsonNode document) {
        this.document = document;
    }

    /** Where the value is not what the schema says; empty if it is. */
    List<String> compare(JsonNode value, JsonNode schema) {
        check("$", value, schema);
        return List.copyOf(mismatches);
    }

    private void check(String at, JsonNode value, JsonNode schema) {
        if (schema.has("$ref")) {
            JsonNode target = document.at(schema.get("$ref").asString().substring(1));
            if (target.isMissingNode()) {
                mismatches.add(at + ": " + schema.get("$ref") + " is not in the document");
            } else {
                check(at, value, target);
            }
            return;
        }
        if (value.isNull()) {
            return; // springdoc does not say what may be null
        }
        JsonNode type = schema.get("type");
        if (type != null && !types(type).contains(kind(value)) && !(wantsNumber(type) && value.isNumber())) {
            mismatches.add(at + ": " + value + " is no " + type);
            return;
        }
        if (schema.has("enum") && !schema.get("enum").valueStream().toList().contains(value)) {
            mismatches.add(at + ": " + value + " is none of " + schema.get("enum"));
        }
        if (value.isArray() && schema.has("items")) {
            int index = 0;
            for (JsonNode item : value) {
                check(at + "[" + index++ + "]", item, schema.get("items"));
            }
        }
        if (value.isObject()) {
            members(at, value, schema);
        }
    }

    private void members(String at, JsonNode value, JsonNode schema) {
        JsonNode named = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String where = at + "." + member.getKey();
            if (named.has(member.getKey())) {
                check(where, member.getValue(), named.get(member.getKey()));
            } else if (others.isObject()) {
                check(where, member.getValue(), others);
            } else if (!others.asBoolean(false)) {
                mismatches.add(where + " is not documented");
            }
        }
    }

    private static List<String> types(JsonNode type) {
        return type.isArray() ? type.valueStream().map(JsonNode::asString).toList() : List.of(type.asString());
    }

    private static boolean wantsNumber(JsonNode type) {
        return types(type).contains("number");
    }

    private static String kind(JsonNode value) {
        if (value.isIntegralNumber()) {
            return "integer";
        } else if (value.isNumber()) {
            return "number";
        } else if (value.isString()) {
            return "string";
        } else if (value.isBoolean()) {
            return "boolean";
        }
        return value.isArray() ? "array" : "object";
    }
}
