package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartAdaptersTest {

    @TempDir
    Path root;

    private static Job job(String startFrom) {
        return JobParser.parse("""
                name: go-on
                base-model: minilm
                task: {type: sequence-classification, labels: [no, yes], dataset: reviews}
                adapter: {start-from: "%s"}
                """.formatted(startFrom));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc", "../outside", "a/../../outside"})
    void pathsOutsideTheDirectoryAreRefused(String path) {
        assertThat(new StartAdapters(root).problem(job(path)))
                .hasValueSatisfying(text -> assertThat(text).contains("not below", root.toString()));
    }

    @Test
    void aMissingDirectoryIsNamed() throws Exception {
        Files.createDirectories(root.resolve("empty"));
        assertThat(new StartAdapters(root).problem(job("empty")))
                .hasValueSatisfying(text -> assertThat(text).contains("adapter_config.json"));
    }

    @Test
    void aJobWithoutStartHasNoProblem() {
        Job fresh = JobParser.parse("""
                name: fresh
                base-model: minilm
                task: {type: sequence-classification, labels: [no, yes], dataset: reviews}
                """);
        assertThat(new StartAdapters(root).problem(fresh)).isEmpty();
    }
}
