package dev.tributary.cli.report;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG: rounds on the x axis, one line per series, each point with a tooltip. Colours come from
 * the page's style sheet (classes {@code s0}, {@code s1}, ..., {@code mean}), so it is right in dark and light.
 */
record LineChart(String title, List<Series> series, String metric) {

    /** @param values by round, NaN where there is none */
    record Series(String name, String style, double[] values) {}

    private static final double WIDTH = 560;
    private static final double HEIGHT = 300;
    private static final double LEFT = 58;
    private static final double RIGHT = 16;
    private static final double TOP = 14;
    private static final double BOTTOM = 34;

    String svg(int[] rounds) {
        Axis axis = Axis.covering(series.stream().flatMapToDouble(s -> java.util.Arrays.stream(s.values())), 5);
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH,
                HEIGHT,
                Html.escape(title)));
        for (double tick : axis.ticks()) {
            double y = y(axis, tick);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 8,
                    y + 4,
                    Html.escape(tickLabel(axis, tick))));
        }
        int every = Math.max(1, (rounds.length + 11) / 12);
        for (int i = 0; i < rounds.length; i += every) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>%n",
                    x(i, rounds.length),
                    HEIGHT - BOTTOM + 20,
                    rounds[i]));
        }
        series.forEach(s -> draw(svg, s, axis, rounds));
        return svg.append("</svg>").toString();
    }

    private void draw(StringBuilder svg, Series s, Axis axis, int[] rounds) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < rounds.length; i++) {
            double value = s.values()[i];
            if (!Double.isFinite(value)) {
                pen = false;
                continue;
            }
            path.append(
                    String.format(Locale.ROOT, "%s%.1f %.1f", pen ? "L" : "M", x(i, rounds.length), y(axis, value)));
            pen = true;
        }
        svg.append("<path class=\"line ")
                .append(s.style())
                .append("\" d=\"")
                .append(path)
                .append("\"/>\n");
        for (int i = 0; i < rounds.length; i++) {
            if (Double.isFinite(s.values()[i])) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%s, round %d: %s</title></circle>%n",
                        s.style(),
                        x(i, rounds.length),
                        y(axis, s.values()[i]),
                        Html.escape(s.name()),
                        rounds[i],
                        Html.escape(Format.metric(metric, s.values()[i]))));
            }
        }
    }

    /** With as many decimals as neighbouring ticks need to differ; accuracy in percent. */
    private String tickLabel(Axis axis, double tick) {
        boolean percent = metric.equals("accuracy");
        double scale = percent ? 100 : 1;
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(axis.step() * scale) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f%s", scale * tick, percent ? " %" : "");
    }

    private static double x(int index, int count) {
        double inner = WIDTH - LEFT - RIGHT - 24;
        return LEFT + 12 + (count == 1 ? inner / 2 : inner * index / (count - 1));
    }

    private static double y(Axis axis, double value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * axis.fraction(value);
    }
}
