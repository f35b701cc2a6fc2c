package dev.tributary.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.coordinator.log.EventCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that released versions wrote stay readable, and give the states they gave then. One file per version. */
class GoldenLogTest {

    private static final EventCodec CODEC = new EventCodec(JobEvent.TYPES);

    private record Line(Instant at, String type, String body) {}

    private static List<Line> read(String version) throws IOException {
        try (InputStream in = GoldenLogTest.class.getResourceAsStream("/golden/log-" + version + ".tsv")) {
            assertThat(in).as("golden log of " + version).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 3))
                    .map(f -> new Line(Instant.parse(f[0]), f[1], f[2]))
                    .toList();
        }
    }

    private static JobEvent event(Line line) {
        return (JobEvent) CODEC.decode(line.type(), line.body().getBytes(StandardCharsets.UTF_8), "golden log");
    }

    @ParameterizedTest
    @ValueSource(strings = "v1")
    void replayGivesTheStateOfThen(String version) throws IOException {
        List<Line> lines = read(version);
        JobState state = JobState.submitted(
                (JobEvent.JobSubmitted) event(lines.get(0)), lines.get(0).at());
        for (Line line : lines.subList(1, lines.size())) {
            state = state.apply(event(line), line.at());
        }

        assertThat(state.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(state.resultVersion()).isEqualTo(3);
        assertThat(state.job().adapter().rank()).isEqualTo(8);
        assertThat(state.rounds().get(1).attempt().accepted()).hasSize(2);
        assertThat(state.rounds().get(2).attempts()).hasSize(2);
        assertThat(state.state(3).folds()).hasSize(2);
        assertThat(state.rounds().get(3).evaluation().mean().get("accuracy")).isCloseTo(0.83, within(1e-12));
    }

    @Test
    void everyEventTypeStandsInTheNewestGoldenLogs() throws IOException {
        Set<String> types = new TreeSet<>();
        for (String file : List.of("v1", "v1-ends")) {
            for (Line line : read(file)) {
                types.add(line.type());
                assertThat(event(line)).isNotNull();
            }
        }

        assertThat(types).containsExactlyInAnyOrderElementsOf(JobEvent.TYPES.keySet());
    }

    @Test
    void nothingOfThemIsLostWhenWrittenAgain() throws IOException {
        for (Line line : read("v1")) {
            JobEvent event = event(line);
            assertThat(CODEC.decode(line.type(), CODEC.encode(event), "again")).isEqualTo(event);
        }
    }
}
