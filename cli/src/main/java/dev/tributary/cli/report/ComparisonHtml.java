package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A comparison as one page with its style and charts inside; nothing is fetched when it is opened. */
public final class ComparisonHtml {

    private ComparisonHtml() {}

    public static String write(Comparison comparison) {
        StringBuilder html = new StringBuilder();
        ReportHtml.begin(html, comparison.title());
        html.append("<header>\n<p class=\"eyebrow\">Tributary · federated LoRA</p>\n<h1>")
                .append(Html.escape(comparison.title()))
                .append("</h1>\n<p class=\"sub\">")
                .append(Html.escape(comparison.runs().size() + " runs, "
                        + comparison.groups().size()
                        + " combinations of settings; figures are means over seeds, ± their standard deviation"))
                .append("</p>\n</header>\n");
        if (comparison.rounds() > 0) {
            String metric = comparison.metric();
            html.append("<section class=\"charts\">\n");
            chart(html, comparison, metric, round -> round.mean(metric));
            chart(html, comparison, "loss", round -> round.mean("loss"));
            html.append("</section>\n");
        }
        table(html, comparison);
        return html.append("</main>\n</body>\n</html>\n").toString();
    }

    private static void chart(
            StringBuilder html, Comparison comparison, String metric, ToDoubleFunction<Report.Round> figure) {
        int rounds = comparison.rounds();
        List<LineChart.Series> series = new ArrayList<>();
        for (Comparison.Group group : comparison.groups()) {
            series.add(
                    new LineChart.Series(group.name(), ReportHtml.style(series.size()), group.byRound(rounds, figure)));
        }
        ReportHtml.figure(html, metric, series, IntStream.rangeClosed(1, rounds).toArray());
    }

    private static void table(StringBuilder html, Comparison comparison) {
        html.append("<section class=\"scroll\">\n<table>\n<caption>After the last round</caption>\n<thead><tr>");
        ComparisonTable.headings(comparison).forEach(heading -> ReportHtml.cell(html, "th", heading));
        html.append("</tr></thead>\n<tbody>\n");
        for (Comparison.Group group : comparison.groups()) {
            html.append("<tr>");
            ComparisonTable.cells(comparison, group).forEach(cell -> ReportHtml.cell(html, "td", cell));
            html.append("</tr>\n");
        }
        html.append("</tbody>\n</table>\n</section>\n<footer>");
        ComparisonTable.problems(comparison)
                .forEach(problem ->
                        html.append("<p>").append(Html.escape(problem)).append("</p>"));
        html.append("</footer>\n");
    }
}
