package dev.tributary.cli.report;

import java.util.List;
import java.util.stream.Collectors;

/** What became of the agents' updates in each round, and what they weighed. */
final class AggregationTable {

    private static final List<String> COLUMNS = List.of(
            "round",
            "update norm",
            "dropped norm",
            "residual norm",
            "residual rank",
            "mean cosine",
            "least cosine",
            "bytes up",
            "dense would be",
            "up / down by site");

    private AggregationTable() {}

    /** Appends the table; nothing where no round has figures. */
    static void write(StringBuilder html, Report report) {
        if (report.rounds().stream().allMatch(round -> round.aggregation().isEmpty())) {
            return;
        }
        html.append(
                        "<section class=\"scroll\">\n<table>\n<caption>Aggregation. Frobenius norms over all modules; dropped is")
                .append(
                        " what the new state misses of the mean of products, where a method truncates the tail of singular")
                .append(" values; cosines are between updates and their mean</caption>\n<thead><tr>");
        COLUMNS.forEach(name -> ReportHtml.cell(html, "th", name));
        html.append("</tr></thead>\n<tbody>\n");
        for (Report.Round round : report.rounds()) {
            html.append("<tr>");
            ReportHtml.cell(html, "td", Integer.toString(round.round()));
            for (String figure : List.of("updateNorm", "droppedNorm", "residualNorm")) {
                ReportHtml.cell(html, "td", Format.error(round.aggregation(figure)));
            }
            ReportHtml.cell(html, "td", whole(round.aggregation("residualRank")));
            for (String figure : List.of("cosineMean", "cosineMin")) {
                ReportHtml.cell(html, "td", Format.error(round.aggregation(figure)));
            }
            ReportHtml.cell(html, "td", Format.bytes(round.bytesUp()));
            double dense = round.aggregation("denseBytesUp");
            ReportHtml.cell(html, "td", Double.isNaN(dense) ? "–" : Format.bytes(Math.round(dense)));
            ReportHtml.cell(html, "td", traffic(round));
            html.append("</tr>\n");
        }
        html.append("</tbody>\n</table>\n</section>\n");
    }

    private static String whole(double value) {
        return Double.isNaN(value) ? "–" : Long.toString(Math.round(value));
    }

    private static String traffic(Report.Round round) {
        return round.traffic().entrySet().stream()
                .map(e -> e.getKey() + ": " + Format.bytes(e.getValue().up()) + " / "
                        + Format.bytes(e.getValue().down()))
                .collect(Collectors.joining("; "));
    }
}
