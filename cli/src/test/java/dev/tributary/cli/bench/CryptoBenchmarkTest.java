package dev.tributary.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CryptoBenchmarkTest {

    @Test
    void everyFigureIsMeasured(@TempDir Path scratch) throws Exception {
        Map<String, Double> figures = new CryptoBenchmark(0.005, 10_000).run(scratch);

        assertThat(figures)
                .containsOnlyKeys(
                        "sign",
                        "verify",
                        "seal-x25519",
                        "open-x25519",
                        "seal-x-wing",
                        "open-x-wing",
                        "sealFileMegabytes",
                        "openFileMegabytes",
                        "noiseMillionDraws-sigma-2^12",
                        "noiseMillionDraws-sigma-2^20");
        assertThat(figures.values()).allMatch(rate -> rate > 0);
    }
}
