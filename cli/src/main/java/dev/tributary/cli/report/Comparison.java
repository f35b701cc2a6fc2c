package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Jobs that differ in some settings, side by side. Those that differ in their seed alone are repetitions of each other.
 *
 * @param title for people
 * @param runs in the order in which they were asked for
 */
public record Comparison(String title, List<Run> runs) {
    /** The setting that tells repetitions apart. */
    public static final String SEED = "seed";

    public Comparison {
        runs = List.copyOf(runs);
    }

    /**
     * One job.
     *
     * @param settings that differ between runs, in the order of the columns
     * @param report empty if the job gave none
     * @param problem why it gave none, or ended early; empty if it completed
     */
    public record Run(Map<String, String> settings, Optional<Report> report, String problem) {}

    /** The repetitions of one combination of settings. */
    public record Group(Map<String, String> settings, List<Run> runs) {

        /** Reports there are. */
        List<Report> reports() {
            return runs.stream().flatMap(run -> run.report().stream()).toList();
        }

        String name() {
            return settings.isEmpty() ? "all" : String.join(" ", settings.values());
        }

        /** A figure of the last round over the repetitions that have it. */
        Spread last(ToDoubleFunction<Report.Round> figure) {
            return Spread.of(reports().stream()
                    .filter(report -> !report.rounds().isEmpty())
                    .mapToDouble(report -> figure.applyAsDouble(
                            report.rounds().get(report.rounds().size() - 1)))
                    .filter(Double::isFinite)
                    .toArray());
        }

        /** The mean of a figure over the repetitions, by round; NaN where none has it. */
        double[] byRound(int rounds, ToDoubleFunction<Report.Round> figure) {
            return IntStream.rangeClosed(1, rounds)
                    .mapToDouble(number -> mean(number, figure).orElse(Double.NaN))
                    .toArray();
        }

        private OptionalDouble mean(int number, ToDoubleFunction<Report.Round> figure) {
            return reports().stream()
                    .flatMap(report -> report.rounds().stream())
                    .filter(round -> round.round() == number)
                    .mapToDouble(figure)
                    .filter(Double::isFinite)
                    .average();
        }
    }

    /** @param deviation sample standard deviation, NaN of fewer than two values */
    record Spread(int count, double mean, double deviation) {
        static Spread of(double[] values) {
            double mean = java.util.Arrays.stream(values).average().orElse(Double.NaN);
            double squares = java.util.Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            return new Spread(
                    values.length, mean, values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1)));
        }

        String text(String metric) {
            String text = Format.metric(metric, mean);
            return Double.isNaN(deviation) ? text : text + " ± " + Format.metric(metric, deviation);
        }
    }

    /** In the order of their first runs. */
    public List<Group> groups() {
        Map<Map<String, String>, List<Run>> groups = new LinkedHashMap<>();
        for (Run run : runs) {
            Map<String, String> key = new LinkedHashMap<>(run.settings());
            key.remove(SEED);
            groups.computeIfAbsent(key, none -> new ArrayList<>()).add(run);
        }
        return groups.entrySet().stream()
                .map(entry -> new Group(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Settings that differ, without the seed. */
    List<String> columns() {
        return runs.stream()
                .findFirst()
                .map(run -> run.settings().keySet().stream()
                        .filter(key -> !key.equals(SEED))
                        .toList())
                .orElse(List.of());
    }

    String metric() {
        return runs.stream()
                .flatMap(run -> run.report().stream())
                .findFirst()
                .map(Report::metric)
                .orElse("accuracy");
    }

    int rounds() {
        return runs.stream()
                .flatMap(run -> run.report().stream())
                .flatMap(report -> report.rounds().stream())
                .mapToInt(Report.Round::round)
                .max()
                .orElse(0);
    }
}
