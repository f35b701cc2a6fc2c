package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SentimentSitesTest {

    @TempDir
    private Path directory;

    @Test
    void everySiteHasItsShareAndNoSentenceIsInTwo() throws IOException {
        SentimentSites.write(directory);

        assertThat(read("amazon", "train.jsonl")).hasSize(690);
        assertThat(read("amazon", "test.jsonl")).hasSize(297);
        List<String> all = new ArrayList<>();
        for (String site : SentimentSites.SITES) {
            all.addAll(texts(site, "train.jsonl"));
            all.addAll(texts(site, "test.jsonl"));
        }
        assertThat(all).hasSize(2979);
        assertThat(new HashSet<>(all)).hasSizeGreaterThan(2970);
    }

    @Test
    void labelsAreClassIndicesAndBothOccur() throws IOException {
        SentimentSites.write(directory);

        for (String site : SentimentSites.SITES) {
            assertThat(read(site, "train.jsonl"))
                    .extracting(row -> row.get("label").asInt())
                    .contains(0, 1)
                    .allMatch(label -> label == 0 || label == 1);
        }
    }

    private List<String> texts(String site, String file) throws IOException {
        return read(site, file).stream().map(row -> row.get("text").asString()).toList();
    }

    private List<JsonNode> read(String site, String file) throws IOException {
        return Files.readAllLines(directory.resolve(site).resolve(file)).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }
}
