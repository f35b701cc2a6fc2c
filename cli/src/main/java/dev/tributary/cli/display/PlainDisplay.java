package dev.tributary.cli.display;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Collectors;

/** Lines for a log or a pipe: each phase as it begins, each finished round, and every few seconds where the agents are. */
public final class PlainDisplay implements ProgressDisplay {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final PrintStream out;
    private final InstantSource clock;
    private Instant lastProgress;
    private String lastPhase = "";
    private int finishedShown;

    public PlainDisplay(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.lastProgress = clock.instant();
    }

    @Override
    public void show(Snapshot snapshot) {
        for (; finishedShown < snapshot.finished().size(); finishedShown++) {
            out.println(snapshot.finished().get(finishedShown));
        }
        String phase = snapshot.round() == 0
                ? snapshot.state()
                : "round " + snapshot.round() + " of " + snapshot.rounds() + ": " + snapshot.phase();
        Instant now = clock.instant();
        if (!phase.equals(lastPhase)) {
            lastPhase = phase;
            lastProgress = now;
            out.println(phase);
        } else if (Duration.between(lastProgress, now).compareTo(EVERY) >= 0) {
            lastProgress = now;
            out.println("  "
                    + snapshot.agents().stream().map(PlainDisplay::describe).collect(Collectors.joining(", ")));
        }
        out.flush();
    }

    private static String describe(Snapshot.AgentLine agent) {
        String amount = agent.total() > 0 ? " " + AnsiDisplay.amount(agent) : "";
        return agent.agent() + " " + agent.phase() + amount;
    }

    @Override
    public void note(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
