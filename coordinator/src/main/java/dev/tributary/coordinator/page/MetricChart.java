package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.RoundView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A metric over the rounds as inline SVG: one line per site, the mean in front. Colours come from the style sheet. */
final class MetricChart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 32;

    private record Point(int round, double value) {}

    private final int rounds;
    private final double low;
    private final double high;
    private final boolean percent;

    private MetricChart(int rounds, double low, double high, boolean percent) {
        double margin = Math.max((high - low) * 0.1, percent ? 0.005 : Math.max(1e-9, Math.abs(high) * 0.01));
        this.rounds = rounds;
        this.low = low - margin;
        this.high = high + margin;
        this.percent = percent;
    }

    /** Empty while there is nothing to draw. Names of sites are ids, which hold nothing to escape. */
    static String svg(List<RoundView> rounds, List<String> sites, String metric) {
        List<Point> mean = points(rounds, r -> r.metrics().mean().get(metric));
        if (mean.isEmpty()) {
            return "";
        }
        List<List<Point>> lines = sites.stream()
                .map(site -> points(rounds, r -> r.figure(site, metric)))
                .toList();
        List<Point> all = new ArrayList<>(mean);
        lines.forEach(all::addAll);
        double low = all.stream().mapToDouble(Point::value).min().orElse(0);
        double high = all.stream().mapToDouble(Point::value).max().orElse(1);
        int last = rounds.stream().mapToInt(RoundView::round).max().orElse(1);
        MetricChart chart = new MetricChart(last, low, high, metric.equals("accuracy"));
        StringBuilder svg = new StringBuilder("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" aria-label=\"" + metric + " per round\">");
        chart.axes(svg);
        for (int i = 0; i < lines.size(); i++) {
            chart.line(svg, lines.get(i), "site site-" + i % 8, sites.get(i));
        }
        chart.line(svg, mean, "mean", "mean");
        return svg.append("</svg>").toString();
    }

    private static List<Point> points(List<RoundView> rounds, Function<RoundView, @Nullable Double> figure) {
        List<Point> points = new ArrayList<>();
        for (RoundView round : rounds) {
            Double value = figure.apply(round);
            if (value != null && Double.isFinite(value)) {
                points.add(new Point(round.round(), value));
            }
        }
        return points;
    }

    private double x(int round) {
        double span = WIDTH - LEFT - RIGHT;
        return rounds == 1 ? LEFT + span / 2 : LEFT + span * (round - 1) / (rounds - 1);
    }

    private double y(double value) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low);
    }

    private void axes(StringBuilder svg) {
        for (int i = 0; i <= 4; i++) {
            double value = low + (high - low) * i / 4;
            double y = y(value);
            svg.append(text(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y, y));
            String label = percent ? text("%.1f %%", value * 100) : text("%.3g", value);
            svg.append(text(
                    "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, y + 4, label));
        }
        int step = Math.max(1, (int) Math.ceil(rounds / 12.0));
        for (int round = 1; round <= rounds; round += step) {
            svg.append(text(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
                    x(round), HEIGHT - 10, round));
        }
    }

    private void line(StringBuilder svg, List<Point> points, String style, String name) {
        StringBuilder path = new StringBuilder();
        for (Point p : points) {
            path.append(path.isEmpty() ? "M" : "L").append(text("%.1f %.1f", x(p.round()), y(p.value())));
        }
        svg.append("<g class=\"")
                .append(style)
                .append("\"><title>")
                .append(name)
                .append("</title>");
        svg.append("<path d=\"").append(path).append("\"/>");
        for (Point p : points) {
            svg.append(text("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", x(p.round()), y(p.value())));
        }
        svg.append("</g>");
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
