package dev.tributary.cli.display;

import dev.tributary.cli.report.Format;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A block of lines redrawn in place; finished rounds scroll up above it and stay. */
public final class AnsiDisplay implements ProgressDisplay {
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final int BAR = 24;

    private final PrintStream out;
    private final int columns;
    private final InstantSource clock;
    private final Instant start;
    private List<String> block = List.of();
    private int finishedShown;

    public AnsiDisplay(PrintStream out, int columns, InstantSource clock) {
        this.out = out;
        this.columns = columns;
        this.clock = clock;
        this.start = clock.instant();
    }

    @Override
    public void show(Snapshot snapshot) {
        List<String> fresh = snapshot.finished()
                .subList(
                        Math.min(finishedShown, snapshot.finished().size()),
                        snapshot.finished().size());
        finishedShown = Math.max(finishedShown, snapshot.finished().size());
        redraw(fresh, lines(snapshot));
    }

    @Override
    public void note(String line) {
        redraw(List.of(line), block);
    }

    private void redraw(List<String> above, List<String> next) {
        StringBuilder text = new StringBuilder();
        if (!block.isEmpty()) {
            text.append("\u001b[").append(block.size()).append("A");
        }
        for (String line : above) {
            text.append(CLEAR_LINE).append(line).append('\n');
        }
        for (String line : next) {
            text.append(CLEAR_LINE).append(cut(line)).append('\n');
        }
        int leftOver = block.size() - above.size() - next.size();
        if (leftOver > 0) {
            text.append((CLEAR_LINE + "\n").repeat(leftOver))
                    .append("\u001b[")
                    .append(leftOver)
                    .append("A");
        }
        out.print(text);
        out.flush();
        block = next;
    }

    private List<String> lines(Snapshot s) {
        List<String> lines = new ArrayList<>();
        long seconds = Duration.between(start, clock.instant()).toSeconds();
        String round = s.round() == 0 ? s.state() : "round " + s.round() + " of " + s.rounds() + "  " + s.phase();
        lines.add(String.format(
                "%-28s %02d:%02d   up %s   down %s",
                round, seconds / 60, seconds % 60, Format.bytes(s.bytesUp()), Format.bytes(s.bytesDown())));
        int width = s.agents().stream().mapToInt(a -> a.agent().length()).max().orElse(0);
        for (Snapshot.AgentLine agent : s.agents()) {
            String name = agent.agent() + " ".repeat(width - agent.agent().length());
            lines.add(String.format("  %s  %-11s %s", name, agent.phase(), bar(agent))
                    .stripTrailing());
        }
        return lines;
    }

    private static String bar(Snapshot.AgentLine agent) {
        if (agent.total() <= 0) {
            return "";
        }
        int full = (int) Math.min(BAR, BAR * agent.done() / agent.total());
        return "█".repeat(full) + "░".repeat(BAR - full) + "  " + amount(agent);
    }

    static String amount(Snapshot.AgentLine agent) {
        return agent.unit().equals("bytes")
                ? Format.bytes(agent.done()) + " of " + Format.bytes(agent.total())
                : agent.done() + "/" + agent.total() + " " + agent.unit();
    }

    private String cut(String line) {
        return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
    }

    @Override
    public void close() {
        redraw(List.of(), List.of());
    }
}
