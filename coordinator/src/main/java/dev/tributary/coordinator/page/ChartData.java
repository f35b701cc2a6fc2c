package dev.tributary.coordinator.page;

import dev.tributary.coordinator.log.LogJson;
import dev.tributary.coordinator.view.RoundView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A chart, drawn by {@code charts.js} from its JSON, and as a table for everybody else.
 *
 * @param x what stands on the horizontal axis
 * @param format {@code percent, bytes} or {@code number}
 */
public record ChartData(String id, String title, String x, String format, List<Series> series) {

    /** @param strong drawn in front, as means are */
    public record Series(String name, boolean strong, List<Double> x, List<Double> y) {}

    public boolean isEmpty() {
        return series.stream().allMatch(s -> s.x().isEmpty());
    }

    public String json() {
        return LogJson.MAPPER.writeValueAsString(this);
    }

    /** The values of x at which anything stands, ascending. */
    public List<Double> positions() {
        return series.stream().flatMap(s -> s.x().stream()).distinct().sorted().toList();
    }

    /** A value, or null where a series has none. */
    public @Nullable Double at(Series series, Double x) {
        int index = series.x().indexOf(x);
        return index < 0 ? null : series.y().get(index);
    }

    static Series series(
            String name,
            boolean strong,
            List<RoundView> rounds,
            Function<RoundView, @Nullable Double> x,
            Function<RoundView, @Nullable Double> y) {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (RoundView round : rounds) {
            Double at = x.apply(round);
            Double value = y.apply(round);
            if (at != null && value != null && Double.isFinite(at) && Double.isFinite(value)) {
                xs.add(at);
                ys.add(value);
            }
        }
        return new Series(name, strong, xs, ys);
    }
}
