package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.CommandLineResult;
import dev.tributary.cli.local.ResultFiles;
import dev.tributary.cli.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demonstration's job with coordinator and agents in processes of their own, driven from the command line. */
@Tag("slow")
class SeparateProcessesIT {

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void aJobRunsAcrossProcessesAndCanBeFollowedAndFetched() throws Exception {
        try (ProcessFederation federation = ProcessFederation.start(directory)) {
            Path job = Files.writeString(directory.resolve("job.yaml"), new SentimentTask().document("fedex", 2, 7));
            String address = federation.client.base().toString();

            CommandLineResult submitted =
                    CommandLineResult.of("job", "submit", job.toString(), "--coordinator", address);
            assertThat(submitted.status()).as(submitted.err()).isZero();
            String id = submitted.out().strip();

            CommandLineResult watched = CommandLineResult.of("job", "watch", id, "--coordinator", address);
            assertThat(watched.status())
                    .as(watched.err() + federation.processes.logs())
                    .isZero();
            assertThat(watched.err()).contains("round 1 of 2: training").containsPattern("round 2 +accuracy");

            JsonNode shown = JsonMapper.shared()
                    .readTree(CommandLineResult.of("job", "show", id, "--json", "--coordinator", address)
                            .out());
            assertThat(shown.at("/rounds")).hasSize(2);
            for (JsonNode round : shown.at("/rounds")) {
                assertThat(round.at("/accepted")).hasSize(3);
                assertThat(round.at("/aggregationError").asDouble()).isLessThan(1e-5);
            }
            assertThat(shown.at("/rounds/1/metrics/mean/accuracy").asDouble()).isGreaterThan(0.87);

            assertThat(CommandLineResult.of("job", "list", "--coordinator", address)
                            .out())
                    .contains(id);
            Report report = ResultFiles.write(federation.client, federation.client.job(id), directory.resolve("out"));
            assertThat(report.adapterSha256()).hasSize(64);
            assertThat(directory.resolve("out/adapter/adapter_config.json")).exists();
        }
    }
}
