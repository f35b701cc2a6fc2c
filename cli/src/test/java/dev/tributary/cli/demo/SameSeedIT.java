package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SameSeedIT {

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void theSameSeedGivesTheSameAdapterByteForByteAndAnotherSeedAnother() throws InterruptedException {
        Report first = DemoRuns.run(directory.resolve("first"), "fedex", 7);
        Report again = DemoRuns.run(directory.resolve("again"), "fedex", 7);
        Report other = DemoRuns.run(directory.resolve("other"), "fedex", 8);

        assertThat(List.of(first, again))
                .allSatisfy(report -> assertThat(report.rounds())
                        .allSatisfy(round -> assertThat(round.accepted()).hasSize(3)));
        assertThat(again.adapterSha256()).isEqualTo(first.adapterSha256());
        assertThat(other.adapterSha256()).isNotEqualTo(first.adapterSha256());
    }
}
