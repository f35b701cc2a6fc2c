package dev.tributary.cli.bench.rounds;

import java.util.List;

/** Quantiles of a sample, in seconds: the smallest value that at least the share of the sample does not exceed. */
record Quantiles(double p50, double p90, double max) {

    static Quantiles of(List<Double> sample) {
        if (sample.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        List<Double> sorted = sample.stream().sorted().toList();
        return new Quantiles(at(sorted, 0.5), at(sorted, 0.9), at(sorted, 1));
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
