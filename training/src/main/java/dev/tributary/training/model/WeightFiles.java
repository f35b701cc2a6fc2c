package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which files of a model directory hold the weights.
 *
 * @param paths the safetensors files, sorted by name
 * @param index tensor name to file as {@code model.safetensors.index.json} says; empty for a single file
 */
record WeightFiles(Path directory, List<Path> paths, SortedMap<String, Path> index) {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    static WeightFiles find(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new TrainingException("model directory " + directory + " does not exist");
        }
        Path single = directory.resolve(SINGLE);
        if (Files.isRegularFile(single)) {
            return new WeightFiles(directory, List.of(single), new TreeMap<>());
        }
        Path index = directory.resolve(INDEX);
        if (Files.isRegularFile(index)) {
            return sharded(directory, index);
        }
        String hint = Files.exists(directory.resolve("pytorch_model.bin"))
                ? "pytorch_model.bin is not read; save the model again with safe_serialization=True"
                : "a model directory needs " + SINGLE + ", or " + INDEX + " with its shards";
        throw new TrainingException(single + " does not exist: " + hint);
    }

    private static WeightFiles sharded(Path directory, Path index) {
        TreeMap<String, Path> fileOf = new TreeMap<>();
        try {
            JsonNode map = JsonMapper.shared().readTree(Files.readString(index)).path("weight_map");
            for (Map.Entry<String, JsonNode> entry : map.properties()) {
                Path file = directory.resolve(entry.getValue().asString(""));
                if (!directory.equals(file.getParent()) || !Files.isRegularFile(file)) {
                    throw new TrainingException(
                            index + ": shard '" + entry.getValue().asString("") + "' of tensor " + entry.getKey()
                                    + " is not a file of the directory. Fetch the missing file");
                }
                fileOf.put(entry.getKey(), file);
            }
        } catch (IOException | JacksonException e) {
            throw new TrainingException("cannot read " + index + ": " + e.getMessage(), e);
        }
        if (fileOf.isEmpty()) {
            throw new TrainingException(index + ": weight_map is missing or empty");
        }
        return new WeightFiles(
                directory, fileOf.values().stream().distinct().sorted().toList(), fileOf);
    }

    /** SHA-256 (hex) of the single file, or of the sorted list of the shards' hashes, one a line. */
    String sha256() {
        if (index.isEmpty()) {
            return sha256(paths.get(0));
        }
        List<String> hashes = new ArrayList<>();
        paths.forEach(path -> hashes.add(sha256(path)));
        hashes.sort(null);
        return HexFormat.of()
                .formatHex(digest().digest(String.join("\n", hashes).getBytes(StandardCharsets.UTF_8)));
    }

    static String sha256(Path file) {
        MessageDigest digest = digest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new TrainingException("cannot read " + file + ": " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
