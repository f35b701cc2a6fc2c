package dev.tributary.cli.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DisplayTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void linesTellPhasesOnceAndProgressEveryFiveSeconds() {
        PlainDisplay display = new PlainDisplay(out, now::get);
        display.show(training(3, List.of()));
        display.show(training(4, List.of()));
        now.set(now.get().plus(Duration.ofSeconds(6)));
        display.show(training(20, List.of("round 1 done")));

        assertThat(text().lines())
                .containsExactly(
                        "round 1 of 5: training", "round 1 done", "  amazon training 20/44 batches, yelp fetching");
    }

    @Test
    void aTerminalEndsWithFinishedRoundsAndNoBlock() {
        AnsiDisplay display = new AnsiDisplay(out, 80, now::get);
        display.show(training(3, List.of()));
        display.show(training(22, List.of("round 1 done")));
        display.note("a note");
        display.show(training(30, List.of("round 1 done", "round 2 done")));
        display.close();

        assertThat(Screen.show(text())).containsExactly("round 1 done", "a note", "round 2 done");
    }

    @Test
    void aTerminalShowsABarPerAgentWhileItRuns() {
        AnsiDisplay display = new AnsiDisplay(out, 80, now::get);
        display.show(training(3, List.of()));
        now.set(now.get().plus(Duration.ofSeconds(75)));
        display.show(training(22, List.of("round 1 done")));

        assertThat(Screen.show(text()))
                .containsExactly(
                        "round 1 done",
                        "round 1 of 5  training       01:15   up 1.20 MB   down 640 B",
                        "  amazon  training    ████████████░░░░░░░░░░░░  22/44 batches",
                        "  yelp    fetching");
    }

    @Test
    void longLinesAreCutToTheTerminal() {
        AnsiDisplay display = new AnsiDisplay(out, 40, now::get);
        display.show(training(22, List.of()));

        assertThat(Screen.show(text()))
                .allSatisfy(line -> assertThat(line.length()).isLessThan(40));
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Snapshot training(long done, List<String> finished) {
        return new Snapshot(
                "demo-1",
                "training",
                1,
                5,
                "training",
                List.of(
                        new Snapshot.AgentLine("amazon", "training", done, 44, "batches"),
                        new Snapshot.AgentLine("yelp", "fetching", 0, 0, "bytes")),
                finished,
                1_200_000,
                640);
    }
}
