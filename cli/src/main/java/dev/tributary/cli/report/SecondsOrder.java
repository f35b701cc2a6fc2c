package dev.tributary.cli.report;

import java.util.Comparator;
import java.util.List;

/** Phases in the order of a round, unknown ones before the total, by name. */
final class SecondsOrder {
    private static final List<String> ORDER =
            List.of("open", "fetch", "train", "upload", "aggregate", "publish", "evaluate");

    static final Comparator<String> COMPARATOR =
            Comparator.comparingInt(SecondsOrder::position).thenComparing(Comparator.naturalOrder());

    private SecondsOrder() {}

    private static int position(String phase) {
        if (phase.equals("total")) {
            return ORDER.size() + 1;
        }
        int known = ORDER.indexOf(phase);
        return known < 0 ? ORDER.size() : known;
    }
}
