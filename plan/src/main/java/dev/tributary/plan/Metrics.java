package dev.tributary.plan;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Named figures over a number of examples: {@code loss}, {@code accuracy}, {@code perplexity}, {@code tokens}, ...
 *
 * @param examples how many examples the figures describe
 */
public record Metrics(long examples, SortedMap<String, Double> values) {
    public Metrics {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public double get(String name) {
        Double value = values.get(name);
        return value == null ? Double.NaN : value;
    }
}
