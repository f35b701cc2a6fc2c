package dev.tributary.cli.demo;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.AgentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small language model, pre-trained on addresses of 1790 to 1945, goes on with those since 1946: ten sites, a president
 * (or two) each; the last fifth of every president's text is held out. Settings of the PyTorch reference.
 */
final class AddressesTask implements DemoTask {
    private static final String DATASET = "addresses";

    @Override
    public String type() {
        return "causal-lm";
    }

    @Override
    public String name() {
        return "addresses-demo";
    }

    @Override
    public String model() {
        return "sotu-llama";
    }

    @Override
    public List<LocalSite> sites(Path directory) {
        TreeMap<String, TreeMap<String, StringBuilder>> texts = new TreeMap<>();
        try {
            for (String line : Resources.lines("addresses.jsonl.gz")) {
                JsonNode row = JsonMapper.shared().readTree(line);
                texts.computeIfAbsent(row.get("client").asString(), site -> new TreeMap<>())
                        .computeIfAbsent(row.get("split").asString(), split -> new StringBuilder())
                        .append(JsonMapper.shared()
                                .writeValueAsString(
                                        Map.of("text", row.get("text").asString())))
                        .append('\n');
            }
            List<LocalSite> sites = new ArrayList<>();
            for (Map.Entry<String, TreeMap<String, StringBuilder>> site : texts.entrySet()) {
                Path folder = Files.createDirectories(directory.resolve(site.getKey()));
                for (Map.Entry<String, StringBuilder> split : site.getValue().entrySet()) {
                    Files.writeString(folder.resolve(split.getKey() + ".jsonl"), split.getValue());
                }
                DatasetConfig dataset =
                        DatasetConfig.causalLm(folder.resolve("train.jsonl"), folder.resolve("test.jsonl"), "text");
                sites.add(new LocalSite(new AgentId(site.getKey()), new TreeMap<>(Map.of(DATASET, dataset))));
            }
            return sites;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the sites' data to " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String document(String method, int rounds, long seed, OptionalDouble epsilon) {
        return """
                name: %s
                base-model: %s
                task: {type: causal-lm, dataset: %s, max-length: 256}
                adapter: {type: lora, rank: 8, alpha: 16, target-modules: all-linear}
                training: {epochs: 1, batch-size: 16, learning-rate: 1e-2, optimizer: adamw, weight-decay: 0.01}
                aggregation: {method: %s}
                rounds: %d
                cohort: {fraction: 1.0, quorum: 7, deadline: 30m}
                %s
                seed: %d
                """.formatted(name(), model(), DATASET, method, rounds, DemoPrivacy.section(epsilon, 0.25), seed);
    }
}
