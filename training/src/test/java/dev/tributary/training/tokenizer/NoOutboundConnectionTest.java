package dev.tributary.training.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tokenizer in a fresh JVM, with an empty cache, where every connection attempt is noted and refused. */
class NoOutboundConnectionTest {

    @TempDir
    private Path directory;

    @Test
    void loadingATokenizerConnectsNowhere() throws Exception {
        String output = run("watch");
        assertThat(output).contains("tokens 5").doesNotContain("attempt");
        assertThat(directory.resolve("cache/natives/tokenizers")).isDirectory();
    }

    @Test
    void theWatchSeesTheLibraryCallHomeWhenItIsAllowedTo() throws Exception {
        assertThat(run("control")).contains("attempt /169.254.169.254");
    }

    private String run(String mode) throws IOException, InterruptedException {
        try (InputStream in = getClass().getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            Files.copy(in, directory.resolve("tokenizer.json"));
        }
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dtributary.cache=" + directory.resolve("cache"),
                "-cp",
                classPath,
                NetworkWatch.class.getName(),
                directory.toString(),
                mode));
        builder.environment().keySet().removeAll(List.of("DJL_OFFLINE", "OPT_OUT_TRACKING", "ENGINE_CACHE_DIR"));
        Path log = directory.resolve("output.txt");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).as("exit of the watched JVM").isZero();
        return Files.readString(log, StandardCharsets.UTF_8);
    }
}
