package dev.tributary.cli.bench.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** How much processor time was used up to noted moments, and in between by straight lines. */
final class ProcessorTimes {
    private final TreeMap<Instant, Duration> noted = new TreeMap<>();

    void note(Instant at, Duration used) {
        noted.put(at, used);
    }

    /** Seconds of processor time; 0 if nothing was noted. */
    double between(Instant from, Instant to) {
        return noted.isEmpty() ? 0 : at(to) - at(from);
    }

    private double at(Instant moment) {
        Map.Entry<Instant, Duration> before = noted.floorEntry(moment);
        Map.Entry<Instant, Duration> after = noted.ceilingEntry(moment);
        if (before == null || after == null) {
            return seconds((before == null ? noted.firstEntry() : before).getValue());
        }
        double span = seconds(Duration.between(before.getKey(), after.getKey()));
        double share = span == 0 ? 0 : seconds(Duration.between(before.getKey(), moment)) / span;
        double start = seconds(before.getValue());
        return start + share * (seconds(after.getValue()) - start);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
