package dev.tributary.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** {@code report.html}: one file with its style and charts inside; nothing is fetched when it is opened. */
public final class ReportHtml {

    private static final int COLOURS = 8;

    private ReportHtml() {}

    public static String write(Report report) {
        String metric = report.metric();
        StringBuilder html = new StringBuilder();
        begin(html, report.name());
        header(html, report);
        tiles(html, report, metric);
        if (!report.rounds().isEmpty()) {
            html.append("<section class=\"charts\">\n");
            chart(html, report, metric);
            chart(html, report, "loss");
            html.append("</section>\n");
            table(html, report, metric);
        }
        return html.append("</main>\n</body>\n</html>\n").toString();
    }

    /** Everything up to the beginning of the content. */
    static void begin(StringBuilder html, String title) {
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Html.escape(title + " · Tributary"))
                .append("</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n</head>\n<body>\n<main>\n");
    }

    private static void header(StringBuilder html, Report report) {
        html.append("<header>\n<p class=\"eyebrow\">Tributary · federated LoRA</p>\n<h1>")
                .append(Html.escape(report.name()))
                .append("</h1>\n<p class=\"sub\">")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s on %s · rank %d, alpha %s · seed %d · %s",
                        report.method(),
                        report.baseModel(),
                        report.rank(),
                        plain(report.alpha()),
                        report.seed(),
                        report.state())))
                .append("</p>\n</header>\n");
    }

    private static void tiles(StringBuilder html, Report report, String metric) {
        html.append("<section class=\"tiles\">\n");
        if (!report.rounds().isEmpty()) {
            Report.Round last = report.rounds().get(report.rounds().size() - 1);
            tile(html, "mean " + metric, Format.metric(metric, last.mean(metric)), "after round " + last.round());
            tile(html, "mean loss", Format.metric("loss", last.mean("loss")), "on held-out data of each site");
            tile(html, "aggregation error", Format.error(last.aggregationError()), "relative, last round");
            tile(
                    html,
                    "time",
                    Format.seconds(report.totalSeconds()),
                    report.rounds().size() + " rounds");
            tile(html, "traffic", Format.bytes(report.totalBytes()), "up and down, all sites");
        }
        html.append("</section>\n");
    }

    private static void tile(StringBuilder html, String label, String value, String note) {
        html.append("<div class=\"tile\"><span class=\"label\">")
                .append(Html.escape(label))
                .append("</span><span class=\"value\">")
                .append(Html.escape(value))
                .append("</span><span class=\"note\">")
                .append(Html.escape(note))
                .append("</span></div>\n");
    }

    private static void chart(StringBuilder html, Report report, String metric) {
        List<LineChart.Series> series = new ArrayList<>();
        for (String agent : report.agents()) {
            series.add(new LineChart.Series(
                    agent, style(series.size()), values(report, round -> round.of(agent, metric))));
        }
        series.add(new LineChart.Series("mean", "mean", values(report, round -> round.mean(metric))));
        figure(
                html,
                metric,
                series,
                report.rounds().stream().mapToInt(Report.Round::round).toArray());
    }

    /** The style sheet's class of the n-th line; colours come again after eight. */
    static String style(int n) {
        return "s" + n % COLOURS;
    }

    /** A line chart by round, with its legend. */
    static void figure(StringBuilder html, String metric, List<LineChart.Series> series, int[] rounds) {
        String title = Character.toUpperCase(metric.charAt(0)) + metric.substring(1) + " on held-out data, by round";
        html.append("<figure>\n<figcaption>").append(Html.escape(title)).append("</figcaption>\n<p class=\"legend\">");
        for (LineChart.Series s : series) {
            html.append("<span><i class=\"")
                    .append(s.style())
                    .append("\"></i>")
                    .append(Html.escape(s.name()))
                    .append("</span> ");
        }
        html.append("</p>\n")
                .append(new LineChart(title, series, metric).svg(rounds))
                .append("\n</figure>\n");
    }

    private static double[] values(Report report, ToDoubleFunction<Report.Round> of) {
        return report.rounds().stream().mapToDouble(of).toArray();
    }

    private static void table(StringBuilder html, Report report, String metric) {
        List<String> phases = RoundTable.phases(report);
        html.append("<section class=\"scroll\">\n<table>\n<caption>Rounds</caption>\n<thead><tr><th>round</th>")
                .append("<th>accepted</th>");
        report.agents().forEach(agent -> cell(html, "th", agent));
        for (String name : List.of("mean " + metric, "mean loss", "bytes up", "bytes down", "aggregation error")) {
            cell(html, "th", name);
        }
        phases.forEach(phase -> cell(html, "th", phase));
        html.append("</tr></thead>\n<tbody>\n");
        for (Report.Round round : report.rounds()) {
            html.append("<tr>");
            cell(html, "td", Integer.toString(round.round()));
            cell(html, "td", String.join(", ", round.accepted()) + notCounted(round));
            report.agents().forEach(agent -> cell(html, "td", Format.metric(metric, round.of(agent, metric))));
            cell(html, "td", Format.metric(metric, round.mean(metric)));
            cell(html, "td", Format.metric("loss", round.mean("loss")));
            cell(html, "td", Format.bytes(round.bytesUp()));
            cell(html, "td", Format.bytes(round.bytesDown()));
            cell(html, "td", Format.error(round.aggregationError()));
            phases.forEach(phase -> cell(html, "td", Format.seconds(round.seconds(phase))));
            html.append("</tr>\n");
        }
        html.append("</tbody>\n</table>\n</section>\n");
        AggregationTable.write(html, report);
        html.append("<footer><p>Job <code>").append(Html.escape(report.job())).append("</code>");
        if (!report.adapterSha256().isEmpty()) {
            html.append(" · adapter SHA-256 <code>")
                    .append(Html.escape(report.adapterSha256()))
                    .append("</code>");
        }
        html.append("</p></footer>\n");
    }

    private static String notCounted(Report.Round round) {
        StringBuilder text = new StringBuilder();
        round.rejected()
                .forEach(r -> text.append("; rejected: ")
                        .append(r.agent())
                        .append(" (")
                        .append(r.reason())
                        .append(")"));
        if (!round.late().isEmpty()) {
            text.append("; late: ").append(String.join(", ", round.late()));
        }
        return text.toString();
    }

    static void cell(StringBuilder html, String tag, String text) {
        html.append('<')
                .append(tag)
                .append('>')
                .append(Html.escape(text))
                .append("</")
                .append(tag)
                .append('>');
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String resource(String name) {
        try (InputStream in = ReportHtml.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
