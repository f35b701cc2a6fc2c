package dev.tributary.cli.adapter;

import dev.tributary.coordinator.registry.Promotion;
import dev.tributary.coordinator.registry.RegisteredAdapter;

/** What names stand for, as text. */
final class RegistryLines {

    private RegistryLines() {}

    /** For example {@code tone stands for v5 of tone-5f1c2a, sha256 ab12...}. */
    static String standing(RegisteredAdapter adapter) {
        Promotion current = adapter.current();
        return current == null
                ? adapter.name() + " stands for no adapter"
                : adapter.name() + " stands for " + of(current) + ", SHA-256 " + current.adapterSha256();
    }

    static String of(Promotion promotion) {
        return "v" + promotion.version() + " of " + promotion.job();
    }
}
