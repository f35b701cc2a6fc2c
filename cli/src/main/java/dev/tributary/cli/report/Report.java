package dev.tributary.cli.report;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A job's result, round by round, as {@code report.json} holds it.
 *
 * @param job id given by the coordinator
 * @param name as submitted
 * @param adapterSha256 SHA-256 (hex) of {@code adapter/adapter_model.safetensors}; empty if there is none yet
 */
public record Report(
        String job,
        String name,
        String state,
        String method,
        String baseModel,
        String task,
        int rank,
        double alpha,
        long seed,
        String adapterSha256,
        List<Round> rounds) {

    public Report {
        rounds = List.copyOf(rounds);
    }

    /**
     * One published round.
     *
     * @param mean figures over the sites: the arithmetic mean of each
     * @param agents figures per site
     * @param bytesUp bytes all agents sent, framing included
     * @param bytesDown bytes all agents received
     * @param traffic bytes per site, training alone
     * @param aggregationError relative, NaN where it is not defined
     * @param aggregation further figures about the aggregation, as far as they are defined
     * @param epsilon privacy spent so far, NaN without privacy
     * @param seconds {@code total}, and per phase
     */
    public record Round(
            int round,
            List<String> accepted,
            List<Rejection> rejected,
            List<String> late,
            SortedMap<String, Double> mean,
            SortedMap<String, SortedMap<String, Double>> agents,
            long bytesUp,
            long bytesDown,
            SortedMap<String, Traffic> traffic,
            double aggregationError,
            SortedMap<String, Double> aggregation,
            double epsilon,
            SortedMap<String, Double> seconds) {
        public Round {
            accepted = List.copyOf(accepted);
            rejected = List.copyOf(rejected);
            late = List.copyOf(late);
        }

        double mean(String metric) {
            return mean.getOrDefault(metric, Double.NaN);
        }

        double of(String agent, String metric) {
            SortedMap<String, Double> figures = agents.get(agent);
            return figures == null ? Double.NaN : figures.getOrDefault(metric, Double.NaN);
        }

        double aggregation(String figure) {
            return aggregation.getOrDefault(figure, Double.NaN);
        }

        double seconds(String phase) {
            return seconds.getOrDefault(phase, Double.NaN);
        }
    }

    /** Bytes that one site sent and fetched. */
    public record Traffic(long up, long down) {}

    /** An update that was not counted, and why. */
    public record Rejection(String agent, String reason) {}

    /** {@code accuracy} for classifiers, {@code perplexity} for language models. */
    public String metric() {
        return rounds.stream().anyMatch(r -> r.mean().containsKey("perplexity")) ? "perplexity" : "accuracy";
    }

    /** Every agent that appears in any round. */
    public SortedSet<String> agents() {
        SortedSet<String> agents = new TreeSet<>();
        for (Round round : rounds) {
            agents.addAll(round.agents().keySet());
            agents.addAll(round.accepted());
        }
        return agents;
    }

    double totalSeconds() {
        return rounds.stream()
                .mapToDouble(r -> r.seconds("total"))
                .filter(Double::isFinite)
                .sum();
    }

    long totalBytes() {
        return rounds.stream().mapToLong(r -> r.bytesUp() + r.bytesDown()).sum();
    }
}
