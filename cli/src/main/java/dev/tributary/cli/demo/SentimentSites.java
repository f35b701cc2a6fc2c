package dev.tributary.cli.demo;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.AgentId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sentences from product, film and restaurant reviews with their sentiment (Kotzias et al., KDD 2015), one domain per
 * site, in a fixed split: 690 + 297, 697 + 299 and 697 + 299 sentences for training and testing.
 */
final class SentimentSites {

    static final List<String> SITES = List.of("amazon", "imdb", "yelp");
    static final List<String> LABELS = List.of("negative", "positive");
    static final String TRAIN = "train.jsonl";
    static final String TEST = "test.jsonl";

    private static final JsonMapper JSON = JsonMapper.shared();

    private SentimentSites() {}

    /** One sentence. */
    private record Row(String site, int label, String text) {}

    /** Writes a folder per site under {@code directory}, each with {@link #TRAIN} and {@link #TEST}. */
    static void write(Path directory) {
        try {
            List<Row> rows = rows();
            JsonNode split = split();
            for (String site : SITES) {
                Path folder = Files.createDirectories(directory.resolve(site));
                write(folder.resolve(TRAIN), site, split.at("/split/" + site + "/train"), rows);
                write(folder.resolve(TEST), site, split.at("/split/" + site + "/test"), rows);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the sites' data to " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Writes all sentences into one file, their site in column {@code site}. */
    static void writeTogether(Path file) {
        StringBuilder text = new StringBuilder();
        try {
            for (Row row : rows()) {
                text.append(JSON.writeValueAsString(
                                new TreeMap<>(Map.of("text", row.text(), "label", row.label(), "site", row.site()))))
                        .append('\n');
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The sites as agents, on the data that {@link #write} left under {@code directory}. */
    static List<LocalSite> local(Path directory) {
        return SITES.stream()
                .map(site -> {
                    Path folder = directory.resolve(site);
                    DatasetConfig dataset = DatasetConfig.classification(
                            folder.resolve(TRAIN), folder.resolve(TEST), "text", "label", List.of());
                    return new LocalSite(new AgentId(site), new TreeMap<>(Map.of(SentimentTask.DATASET, dataset)));
                })
                .toList();
    }

    private static void write(Path file, String site, JsonNode lines, List<Row> rows) throws IOException {
        StringBuilder text = new StringBuilder();
        for (JsonNode line : lines) {
            Row row = rows.get(line.asInt());
            if (!row.site().equals(site)) {
                throw new IllegalStateException("line " + line + " belongs to " + row.site() + ", not " + site);
            }
            text.append(JSON.writeValueAsString(Map.of("text", row.text(), "label", row.label())))
                    .append('\n');
        }
        Files.writeString(file, text);
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Resources.lines("sentiment.tsv.gz")) {
            String[] cells = line.split("\t", 3);
            rows.add(new Row(cells[0], Integer.parseInt(cells[1]), cells[2]));
        }
        return rows;
    }

    private static JsonNode split() throws IOException {
        try (InputStream in = Resources.open("sentiment-split.json")) {
            return JSON.readTree(in);
        }
    }
}
