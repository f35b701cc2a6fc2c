package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON header of a safetensors file: parsed strictly, written canonically (tensors in name order). */
record SafetensorsHeader(
        SortedMap<String, TensorInfo> tensors, Map<String, Long> begins, Map<String, String> metadata) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.\\-]{1,256}");
    private static final int MAX_METADATA = 64;
    private static final int MAX_DIMS = 8;
    private static final ObjectMapper JSON = JsonMapper.builder(StrictJson.factory())
            .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Parses {@code json}; {@code dataLength} is the number of bytes that follow the header in the file. */
    static SafetensorsHeader parse(String json, long dataLength, String where) {
        if (!json.startsWith("{")) {
            throw new FormatException(where + ": header must start with '{'");
        }
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new FormatException(where + ": header is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!(root instanceof ObjectNode object)) {
            throw new FormatException(where + ": header must be a JSON object");
        }
        TreeMap<String, TensorInfo> tensors = new TreeMap<>();
        Map<String, Long> begins = new LinkedHashMap<>();
        Map<String, Long> ends = new LinkedHashMap<>();
        Map<String, String> metadata = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                parseMetadata(entry.getValue(), metadata, where);
            } else {
                parseTensor(entry.getKey(), entry.getValue(), tensors, begins, ends, where);
            }
        }
        checkContiguous(tensors, begins, ends, dataLength, where);
        return new SafetensorsHeader(tensors, begins, metadata);
    }

    private static void parseMetadata(JsonNode node, Map<String, String> into, String where) {
        if (!node.isObject() || node.size() > MAX_METADATA) {
            throw new FormatException(
                    where + ": __metadata__ must be an object of at most " + MAX_METADATA + " strings");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isString()) {
                throw new FormatException(where + ": __metadata__." + entry.getKey() + " must be a string");
            }
            into.put(entry.getKey(), entry.getValue().stringValue());
        }
    }

    private static void parseTensor(
            String name,
            JsonNode node,
            SortedMap<String, TensorInfo> tensors,
            Map<String, Long> begins,
            Map<String, Long> ends,
            String where) {
        if (!NAME.matcher(name).matches()) {
            throw new FormatException(
                    where + ": tensor name of " + name.length() + " characters does not match " + NAME);
        }
        if (!node.isObject() || node.size() != 3) {
            throw new FormatException(where + ": " + name + " must have exactly dtype, shape and data_offsets");
        }
        DType dtype = dtype(name, node.path("dtype"), where);
        JsonNode shapeNode = node.path("shape");
        if (!shapeNode.isArray() || shapeNode.size() > MAX_DIMS) {
            throw new FormatException(
                    where + ": " + name + ".shape must be an array of at most " + MAX_DIMS + " dimensions");
        }
        List<Integer> shape = new ArrayList<>();
        for (JsonNode dim : shapeNode) {
            if (!dim.isIntegralNumber() || !dim.canConvertToInt() || dim.intValue() < 0) {
                throw new FormatException(where + ": " + name + ".shape has a bad dimension " + dim);
            }
            shape.add(dim.intValue());
        }
        JsonNode offsets = node.path("data_offsets");
        if (!offsets.isArray()
                || offsets.size() != 2
                || !offsets.get(0).isIntegralNumber()
                || !offsets.get(1).isIntegralNumber()
                || !offsets.get(0).canConvertToLong()
                || !offsets.get(1).canConvertToLong()) {
            throw new FormatException(where + ": " + name + ".data_offsets must be two integers");
        }
        TensorInfo info = new TensorInfo(name, dtype, shape);
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        try {
            if (begin < 0 || end < begin || end - begin != info.byteLength()) {
                throw new FormatException(where + ": " + name + ".data_offsets [" + begin + ", " + end
                        + "] do not fit dtype " + dtype + " and shape " + shape);
            }
        } catch (ArithmeticException e) {
            throw new FormatException(where + ": " + name + ".shape " + shape + " overflows", e);
        }
        tensors.put(name, info);
        begins.put(name, begin);
        ends.put(name, end);
    }

    private static DType dtype(String name, JsonNode node, String where) {
        try {
            return DType.valueOf(node.asString(""));
        } catch (IllegalArgumentException e) {
            throw new FormatException(
                    where + ": " + name + ".dtype " + node + " is not supported (F32, F16, BF16, I32, I64)");
        }
    }

    private static void checkContiguous(
            SortedMap<String, TensorInfo> tensors,
            Map<String, Long> begins,
            Map<String, Long> ends,
            long dataLength,
            String where) {
        List<String> order = new ArrayList<>(tensors.keySet());
        order.sort(Comparator.comparingLong((String n) -> begin(begins, n)).thenComparingLong(n -> begin(ends, n)));
        long at = 0;
        for (String name : order) {
            if (begin(begins, name) != at) {
                throw new FormatException(where + ": data of " + name + " begins at " + begin(begins, name)
                        + ", expected " + at + " (holes and overlaps are not allowed)");
            }
            at = begin(ends, name);
        }
        if (at != dataLength) {
            throw new FormatException(
                    where + ": header describes " + at + " bytes of data but the file holds " + dataLength);
        }
    }

    private static long begin(Map<String, Long> map, String name) {
        Long value = map.get(name);
        return value == null ? 0 : value;
    }

    long begin(String name) {
        return begin(begins, name);
    }

    /** The canonical header text for {@code layout}, padded with spaces to a multiple of 8 bytes. */
    static String write(Layout layout, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode meta = root.putObject("__metadata__");
            new TreeMap<>(metadata).forEach(meta::put);
        }
        long at = 0;
        for (TensorInfo info : layout.tensors().values()) {
            if (!NAME.matcher(info.name()).matches()) {
                throw new IllegalArgumentException("tensor name not allowed in a file: " + info.name());
            }
            ObjectNode node = root.putObject(info.name());
            node.put("dtype", info.dtype().name());
            var shape = node.putArray("shape");
            info.shape().forEach(shape::add);
            node.putArray("data_offsets").add(at).add(at + info.byteLength());
            at += info.byteLength();
        }
        String text = JSON.writeValueAsString(root);
        return text + " ".repeat((8 - text.length() % 8) % 8);
    }
}
