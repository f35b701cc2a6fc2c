package dev.tributary.cli.report;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reports to render in tests. */
final class Reports {

    private Reports() {}

    static Report twoRounds() {
        return report(
                "support <tone>",
                List.of(
                        round(1, 0.8965, List.of("amazon", "imdb", "yelp"), List.of(), List.of()),
                        round(
                                2,
                                0.9163,
                                List.of("amazon", "yelp"),
                                List.of(new Report.Rejection("imdb", "not-finite")),
                                List.of())));
    }

    static Report report(String name, List<Report.Round> rounds) {
        return new Report(
                "demo-1", name, "completed", "fedex", "minilm", "sequence-classification", 8, 16, 7, "ab12", rounds);
    }

    static Report.Round round(
            int round, double accuracy, List<String> accepted, List<Report.Rejection> rejected, List<String> late) {
        SortedMap<String, SortedMap<String, Double>> agents = new TreeMap<>();
        for (String agent : List.of("amazon", "imdb", "yelp")) {
            agents.put(agent, new TreeMap<>(Map.of("accuracy", accuracy, "loss", 0.3)));
        }
        return new Report.Round(
                round,
                accepted,
                rejected,
                late,
                new TreeMap<>(Map.of("accuracy", accuracy, "loss", 0.3)),
                agents,
                1_234_567,
                987_654,
                new TreeMap<>(Map.of("amazon", new Report.Traffic(400_000, 300_000))),
                round == 1 ? Double.NaN : 3.1e-7,
                new TreeMap<>(Map.of("cosineMean", 0.875, "residualRank", 16.0, "denseBytesUp", 21e6)),
                Double.NaN,
                new TreeMap<>(Map.of("train", 5.25, "aggregate", 0.125, "total", 7.5)));
    }
}
