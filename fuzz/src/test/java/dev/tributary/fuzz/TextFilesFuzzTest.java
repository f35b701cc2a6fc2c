package dev.tributary.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tributary.agent.config.AgentConfigFile;
import dev.tributary.agent.policy.PolicyFile;
import dev.tributary.agent.yaml.YamlFileException;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.JobParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Files that people write: each is understood or refused with everything that is wrong in it. */
class TextFilesFuzzTest {

    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = "2m")
    void aJobIsOneOrIsRefused(byte[] bytes) {
        try {
            assertThat(JobParser.parse(new String(bytes, StandardCharsets.UTF_8))
                            .name())
                    .isNotEmpty();
        } catch (InvalidJobException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @FuzzTest(maxDuration = "2m")
    void aPolicyIsOneOrIsRefused(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("policy.yaml"), bytes);
        try {
            assertThat(PolicyFile.read(file)).isNotNull();
        } catch (YamlFileException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @FuzzTest(maxDuration = "2m")
    void anAgentsConfigurationIsOneOrIsRefused(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("agent.yaml"), bytes);
        try {
            assertThat(AgentConfigFile.read(file).id()).isNotNull();
        } catch (YamlFileException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
