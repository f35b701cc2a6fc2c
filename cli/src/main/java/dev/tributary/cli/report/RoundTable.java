package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The table of rounds that ends a run. */
public final class RoundTable {

    private RoundTable() {}

    /** One line per round: who was accepted, the metric per site and mean, loss, bytes, error, seconds per phase. */
    public static List<String> lines(Report report) {
        String metric = report.metric();
        SortedSet<String> agents = report.agents();
        List<String> phases = phases(report);
        List<String> header = new ArrayList<>(List.of("round", "accepted"));
        header.addAll(agents);
        header.addAll(List.of("mean", "loss", "up", "down", "agg. error"));
        boolean accounted = report.rounds().stream().anyMatch(round -> Double.isFinite(round.epsilon()));
        if (accounted) {
            header.add("epsilon");
        }
        header.addAll(phases);
        TextTable table = new TextTable(header);
        for (Report.Round round : report.rounds()) {
            List<String> row = new ArrayList<>();
            row.add(Integer.toString(round.round()));
            row.add(accepted(round));
            for (String agent : agents) {
                row.add(Format.metric(metric, round.of(agent, metric)));
            }
            row.add(Format.metric(metric, round.mean(metric)));
            row.add(Format.metric("loss", round.mean("loss")));
            row.add(Format.bytes(round.bytesUp()));
            row.add(Format.bytes(round.bytesDown()));
            row.add(Format.error(round.aggregationError()));
            if (accounted) {
                row.add(Format.metric("epsilon", round.epsilon()));
            }
            for (String phase : phases) {
                row.add(Format.seconds(round.seconds(phase)));
            }
            table.row(row);
        }
        return table.lines();
    }

    /** {@code 3}, or {@code 2 of 3} where somebody was rejected or late. */
    private static String accepted(Report.Round round) {
        int asked =
                round.accepted().size() + round.rejected().size() + round.late().size();
        return round.accepted().size() == asked
                ? Integer.toString(asked)
                : round.accepted().size() + " of " + asked;
    }

    /** Phases in any round, {@code total} last. */
    static List<String> phases(Report report) {
        SortedSet<String> names = new TreeSet<>(SecondsOrder.COMPARATOR);
        report.rounds().forEach(round -> names.addAll(round.seconds().keySet()));
        return List.copyOf(names);
    }
}
