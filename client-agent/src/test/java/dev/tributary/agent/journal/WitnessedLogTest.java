package dev.tributary.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.protocol.LogHead;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessedLogTest {

    private static final LogHead FIRST = new LogHead(1, "a".repeat(64));
    private static final LogHead SECOND = new LogHead(2, "b".repeat(64));

    @TempDir
    private Path directory;

    private final LogHead forked = new LogHead(1, "c".repeat(64));

    @Test
    void whatWasSaidIsKeptOnceAndOutlivesARestart() throws Exception {
        WitnessedLog witnessed = WitnessedLog.open(directory);
        assertThat(witnessed.take(FIRST)).isTrue();
        assertThat(witnessed.take(FIRST)).isTrue();
        assertThat(WitnessedLog.open(directory).take(SECOND)).isTrue();
        assertThat(WitnessedLog.open(directory).take(FIRST)).isTrue();
        assertThat(Files.readAllLines(directory.resolve("witnessed-log")))
                .containsExactly(FIRST.toString(), SECOND.toString());
    }

    @Test
    void anotherStoryIsNoticedAndBothAreKept() throws Exception {
        WitnessedLog.open(directory).take(FIRST);
        assertThat(WitnessedLog.open(directory).take(forked)).isFalse();
        assertThat(Files.readAllLines(directory.resolve("witnessed-log")))
                .containsExactly(FIRST.toString(), forked.toString());
    }

    @Test
    void aLogThatGoesBackIsNoticed() {
        WitnessedLog witnessed = WitnessedLog.open(directory);
        witnessed.take(SECOND);
        assertThat(witnessed.take(FIRST)).isFalse();
    }

    @Test
    void aTornLineCountsForNothing() throws Exception {
        Files.writeString(directory.resolve("witnessed-log"), FIRST + "\n2 bbb");
        assertThat(WitnessedLog.open(directory).take(forked)).isFalse();
        assertThat(WitnessedLog.open(directory).take(SECOND)).isTrue();
        assertThat(Files.readAllLines(directory.resolve("witnessed-log")))
                .containsExactly(FIRST.toString(), "2 bbb", forked.toString(), SECOND.toString());
    }
}
