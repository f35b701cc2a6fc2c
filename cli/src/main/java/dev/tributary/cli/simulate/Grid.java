package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import dev.tributary.cli.report.Comparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Values of some keys of a job, each combination of which is a job.
 *
 * @param axes values by key, in the order given
 */
record Grid(Map<String, List<String>> axes) {
    private static final int MOST = 500;

    /** Short names for what is compared most. */
    private static final Map<String, String> SHORT = Map.of(
            "method",
            "aggregation.method",
            Comparison.SEED,
            "seed",
            "rank",
            "adapter.rank",
            "epsilon",
            "privacy.epsilon");

    /**
     * @param options such as {@code method=fedavg,fedex}
     * @throws CliException if one cannot be read, with what to write
     */
    static Grid of(List<String> options) {
        Map<String, List<String>> axes = new LinkedHashMap<>();
        long cells = 1;
        for (String option : options) {
            String[] sides = option.split("=", 2);
            List<String> values = sides.length < 2
                    ? List.of()
                    : Arrays.stream(sides[1].split(","))
                            .map(String::strip)
                            .filter(value -> !value.isEmpty())
                            .distinct()
                            .toList();
            if (values.isEmpty() || sides[0].isBlank()) {
                throw new CliException("--grid must look like method=fedavg,fedex, was '" + option + "'");
            }
            if (axes.put(sides[0].strip(), values) != null) {
                throw new CliException("--grid " + sides[0].strip() + " is given twice; write all values in one");
            }
            cells *= values.size();
            if (cells > MOST) {
                throw new CliException("--grid asks for more than " + MOST + " jobs; take fewer values");
            }
        }
        return new Grid(axes);
    }

    /** Every combination, the last key varying fastest: values by the grid's own names. */
    List<Map<String, String>> cells() {
        List<Map<String, String>> cells = List.of(Map.of());
        for (Map.Entry<String, List<String>> axis : axes.entrySet()) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> cell : cells) {
                for (String value : axis.getValue()) {
                    Map<String, String> next = new LinkedHashMap<>(cell);
                    next.put(axis.getKey(), value);
                    longer.add(next);
                }
            }
            cells = longer;
        }
        return cells;
    }

    /** A cell as keys of the job. */
    static Map<String, String> keys(Map<String, String> cell) {
        Map<String, String> keys = new LinkedHashMap<>();
        cell.forEach((name, value) -> keys.put(SHORT.getOrDefault(name, name), value));
        return keys;
    }

    /** A cell in one word, for a folder and the job's name. */
    static String word(Map<String, String> cell) {
        List<String> parts = new ArrayList<>();
        cell.forEach((name, value) -> parts.add(name.equals("method") ? value : name + "-" + value));
        return String.join("-", parts).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "-");
    }
}
