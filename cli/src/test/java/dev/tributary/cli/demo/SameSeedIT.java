package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SameSeedIT {

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void theSameSeedGivesTheSameAdapterByteForByteAndAnotherSeedAnother() throws InterruptedException {
        String first = DemoRuns.run(directory.resolve("first"), "fedex", 7).adapterSha256();
        String again = DemoRuns.run(directory.resolve("again"), "fedex", 7).adapterSha256();
        String other = DemoRuns.run(directory.resolve("other"), "fedex", 8).adapterSha256();

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }
}
