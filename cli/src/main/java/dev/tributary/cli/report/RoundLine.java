package dev.tributary.cli.report;

import java.util.Locale;

/** A finished round in one line, as the live display leaves it behind. */
public final class RoundLine {

    private RoundLine() {}

    public static String of(Report report, Report.Round round) {
        String metric = report.metric();
        StringBuilder sites = new StringBuilder();
        for (String agent : round.agents().keySet()) {
            sites.append(String.format(Locale.ROOT, "  %s %s", agent, Format.metric(metric, round.of(agent, metric))));
        }
        return String.format(
                Locale.ROOT,
                "round %d  %s %s  loss %s %s  agg. error %s  %s",
                round.round(),
                metric,
                Format.metric(metric, round.mean(metric)),
                Format.metric("loss", round.mean("loss")),
                sites,
                Format.error(round.aggregationError()),
                Format.seconds(round.seconds("total")));
    }
}
