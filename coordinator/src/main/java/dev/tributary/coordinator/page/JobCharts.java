package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.RoundView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which charts a job and a comparison show. */
final class JobCharts {

    private JobCharts() {}

    /** The figure that tells how good a job is: accuracy, or perplexity for language models. */
    static String metric(List<RoundView> rounds) {
        boolean language = rounds.stream().anyMatch(r -> r.metrics().mean().containsKey("perplexity"));
        return language ? "perplexity" : "accuracy";
    }

    static List<ChartData> of(List<RoundView> rounds, List<String> sites) {
        String metric = metric(rounds);
        List<ChartData> charts = new ArrayList<>();
        charts.add(perSite(rounds, sites, metric));
        charts.add(perSite(rounds, sites, "loss"));
        charts.add(new ChartData(
                "bytes",
                "Bytes a round",
                "Round",
                "bytes",
                List.of(
                        ChartData.series("up", true, rounds, JobCharts::round, r -> (double) r.bytesUp()),
                        ChartData.series("down", false, rounds, JobCharts::round, r -> (double) r.bytesDown()))));
        charts.add(new ChartData(
                "error",
                "Aggregation error",
                "Round",
                "number",
                List.of(ChartData.series("error", true, rounds, JobCharts::round, RoundView::aggregationError))));
        charts.add(new ChartData(
                "epsilon",
                "Privacy spent (ε)",
                "Round",
                "number",
                List.of(ChartData.series("ε", true, rounds, JobCharts::round, RoundView::epsilon))));
        return charts.stream().filter(chart -> !chart.isEmpty()).toList();
    }

    private static ChartData perSite(List<RoundView> rounds, List<String> sites, String metric) {
        List<ChartData.Series> series = new ArrayList<>();
        if (sites.size() <= 12) {
            sites.forEach(site ->
                    series.add(ChartData.series(site, false, rounds, JobCharts::round, r -> r.figure(site, metric))));
        }
        series.add(ChartData.series(
                "mean", true, rounds, JobCharts::round, r -> r.metrics().mean().get(metric)));
        return new ChartData(
                metric,
                capital(metric) + " on held-out data",
                "Round",
                metric.equals("accuracy") ? "percent" : "number",
                series);
    }

    /** A job's mean metric over rounds, over bytes sent so far, and over privacy spent. */
    static List<ChartData> compare(Map<JobView, List<RoundView>> jobs) {
        String metric =
                jobs.values().stream().map(JobCharts::metric).findFirst().orElse("accuracy");
        String format = metric.equals("accuracy") ? "percent" : "number";
        return List.of(
                        chart(
                                "rounds",
                                capital(metric) + " by round",
                                "Round",
                                format,
                                jobs,
                                rounds -> JobCharts::round,
                                metric),
                        chart(
                                "megabytes",
                                capital(metric) + " by megabytes sent",
                                "MB up, all agents",
                                format,
                                jobs,
                                JobCharts::megabytes,
                                metric),
                        chart(
                                "epsilons",
                                capital(metric) + " by privacy spent",
                                "ε",
                                format,
                                jobs,
                                rounds -> RoundView::epsilon,
                                metric))
                .stream()
                .filter(chart -> !chart.isEmpty())
                .toList();
    }

    private static ChartData chart(
            String id,
            String title,
            String x,
            String format,
            Map<JobView, List<RoundView>> jobs,
            Function<List<RoundView>, Function<RoundView, @Nullable Double>> axis,
            String metric) {
        List<ChartData.Series> series = new ArrayList<>();
        jobs.forEach((job, rounds) -> series.add(ChartData.series(
                job.id(),
                false,
                rounds,
                axis.apply(rounds),
                r -> r.metrics().mean().get(metric))));
        return new ChartData(id, title, x, format, series);
    }

    private static Function<RoundView, @Nullable Double> megabytes(List<RoundView> rounds) {
        return round -> rounds.stream()
                        .filter(r -> r.round() <= round.round())
                        .mapToLong(RoundView::bytesUp)
                        .sum()
                / 1e6;
    }

    private static @Nullable Double round(RoundView round) {
        return (double) round.round();
    }

    static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
