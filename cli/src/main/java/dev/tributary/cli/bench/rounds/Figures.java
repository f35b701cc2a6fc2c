package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import java.util.Locale;
import java.util.SortedMap;

/** Named figures of a benchmark on the terminal: as JSON, or one a line. */
final class Figures {

    private Figures() {}

    static void print(Terminal terminal, boolean json, SortedMap<String, Object> figures) {
        if (json) {
            terminal.out().println(Json.write(figures));
            return;
        }
        figures.forEach((name, value) -> {
            if (value instanceof Double figure) {
                terminal.out().println(String.format(Locale.ROOT, "  %-27s %12.3f", name, figure));
            } else {
                terminal.out().println(String.format(Locale.ROOT, "  %-27s %12s", name, value));
            }
        });
    }
}
