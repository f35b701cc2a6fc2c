package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A comparison as text: a line for each combination of settings, and as CSV: a line for each run and round. */
public final class ComparisonTable {

    private ComparisonTable() {}

    /** Headings: the settings, and figures after the last round as mean ± deviation over seeds. */
    static List<String> headings(Comparison comparison) {
        List<String> headings = new ArrayList<>(comparison.columns());
        headings.addAll(
                List.of("runs", comparison.metric(), "loss", "agg. error", "epsilon", "bytes, all agents", "time"));
        return headings;
    }

    static List<String> cells(Comparison comparison, Comparison.Group group) {
        String metric = comparison.metric();
        List<String> cells = new ArrayList<>(group.settings().values());
        int completed = (int)
                group.runs().stream().filter(run -> run.problem().isEmpty()).count();
        cells.add(
                completed == group.runs().size()
                        ? "" + completed
                        : completed + " of " + group.runs().size());
        cells.add(group.last(round -> round.mean(metric)).text(metric));
        cells.add(group.last(round -> round.mean("loss")).text("loss"));
        cells.add(Format.error(group.last(Report.Round::aggregationError).mean()));
        double epsilon = group.last(Report.Round::epsilon).mean();
        cells.add(Double.isNaN(epsilon) ? "–" : String.format(Locale.ROOT, "%.2f", epsilon));
        List<Report> reports = group.reports();
        cells.add(
                reports.isEmpty()
                        ? "–"
                        : Format.bytes(Math.round(reports.stream()
                                .mapToLong(Report::totalBytes)
                                .average()
                                .orElse(0))));
        cells.add(Format.seconds(
                reports.stream().mapToDouble(Report::totalSeconds).average().orElse(Double.NaN)));
        return cells;
    }

    public static List<String> lines(Comparison comparison) {
        TextTable table = new TextTable(headings(comparison));
        comparison.groups().forEach(group -> table.row(cells(comparison, group)));
        return table.lines();
    }

    /** RFC 4180, with a heading; numbers as the report has them, empty where there is none. */
    public static String csv(Comparison comparison) {
        String metric = comparison.metric();
        List<String> settings = comparison.runs().isEmpty()
                ? List.of()
                : List.copyOf(comparison.runs().get(0).settings().keySet());
        StringBuilder csv = new StringBuilder();
        List<String> headings = new ArrayList<>(settings);
        headings.addAll(List.of(
                "status",
                "round",
                "accepted",
                metric,
                "loss",
                "aggregation_error",
                "epsilon",
                "bytes_up",
                "bytes_down",
                "seconds",
                "problem"));
        row(csv, headings);
        for (Comparison.Run run : comparison.runs()) {
            List<Report.Round> rounds = run.report().map(Report::rounds).orElse(List.of());
            for (Report.Round round : rounds) {
                row(csv, cells(run, round, metric));
            }
            if (rounds.isEmpty()) {
                List<String> cells = new ArrayList<>(run.settings().values());
                cells.addAll(List.of("failed", "", "", "", "", "", "", "", "", "", run.problem()));
                row(csv, cells);
            }
        }
        return csv.toString();
    }

    private static List<String> cells(Comparison.Run run, Report.Round round, String metric) {
        List<String> cells = new ArrayList<>(run.settings().values());
        cells.addAll(List.of(
                run.report().map(Report::state).orElse("failed"),
                "" + round.round(),
                "" + round.accepted().size(),
                number(round.mean(metric)),
                number(round.mean("loss")),
                number(round.aggregationError()),
                number(round.epsilon()),
                "" + round.bytesUp(),
                "" + round.bytesDown(),
                number(round.seconds("total")),
                run.problem()));
        return cells;
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }

    private static void row(StringBuilder csv, List<String> cells) {
        csv.append(String.join(",", cells.stream().map(ComparisonTable::quoted).toList()))
                .append("\r\n");
    }

    private static String quoted(String cell) {
        return cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /** Settings, report and problem of every run, for JSON. */
    public static List<Map<String, @Nullable Object>> tree(Comparison comparison) {
        List<Map<String, @Nullable Object>> runs = new ArrayList<>();
        for (Comparison.Run run : comparison.runs()) {
            Map<String, @Nullable Object> tree = new LinkedHashMap<>();
            tree.put("settings", run.settings());
            tree.put("problem", run.problem());
            tree.put("report", run.report().map(ReportJson::tree).orElse(null));
            runs.add(tree);
        }
        return runs;
    }

    /** What went wrong in which run, a line each. */
    public static List<String> problems(Comparison comparison) {
        return comparison.runs().stream()
                .filter(run -> !run.problem().isEmpty())
                .map(run -> words(run.settings()) + ": " + run.problem())
                .toList();
    }

    private static String words(Map<String, String> settings) {
        return String.join(
                " ",
                settings.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList());
    }
}
