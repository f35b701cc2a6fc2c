package dev.tributary.training.parity;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** PEFT's tensor names and configuration in our terms. */
final class PeftNames {

    private PeftNames() {}

    /** {@code base_model.model.M.lora_A.default.weight} → {@code M.lora_A.weight}. */
    static String ours(String peft) {
        String name = peft.startsWith("base_model.model.")
                ? peft.substring("base_model.model.".length())
                : peft.replaceFirst("^base_model\\.", "");
        return name.replace(".modules_to_save.default", "")
                .replace(".lora_magnitude_vector.default.weight", ".lora_magnitude_vector")
                .replaceFirst("\\.default(?=\\.|$)", "");
    }

    static AdapterConfig config(Path file) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(Files.readString(file));
        } catch (IOException | JacksonException e) {
            throw new TrainingException("cannot read " + file + ": " + e.getMessage(), e);
        }
        String type = json.path("peft_type").asString("LORA").equals("VERA")
                ? "vera"
                : json.path("use_dora").asBoolean(false)
                        ? "dora"
                        : json.path("use_rslora").asBoolean(false) ? "rslora" : "lora";
        List<String> targets = new ArrayList<>();
        json.path("target_modules").forEach(node -> targets.add(node.asString("")));
        TreeMap<String, Integer> ranks = new TreeMap<>();
        json.path("rank_pattern")
                .properties()
                .forEach(e -> ranks.put(e.getKey(), e.getValue().intValue()));
        TreeMap<String, Double> alphas = new TreeMap<>();
        json.path("alpha_pattern")
                .properties()
                .forEach(e -> alphas.put(e.getKey(), e.getValue().doubleValue()));
        int rank = json.path("r").asInt(8);
        double alpha = json.path("lora_alpha").asDouble(rank);
        return new AdapterConfig(type, rank, alpha, targets, ranks, alphas, 0, List.of(), "kaiming");
    }
}
