package dev.tributary.coordinator.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name with every adapter it stood for.
 *
 * @param current the newest promotion that was not rolled back; null if all were
 * @param promotions newest first
 */
public record RegisteredAdapter(String name, @Nullable Promotion current, List<Promotion> promotions) {

    public RegisteredAdapter {
        promotions = List.copyOf(promotions);
    }

    static RegisteredAdapter of(String name, List<Promotion> newestFirst) {
        return new RegisteredAdapter(name, holding(newestFirst).findFirst().orElse(null), newestFirst);
    }

    private static Stream<Promotion> holding(List<Promotion> promotions) {
        return promotions.stream().filter(p -> p.rolledBack() == null);
    }

    /** What a roll back would lead to; empty if the name would stand for nothing. */
    public Optional<Promotion> before() {
        return holding(promotions).skip(1).findFirst();
    }

    RegisteredAdapter promoted(RegistryEvent.AdapterPromoted e, Instant at) {
        List<Promotion> next = new ArrayList<>(promotions);
        next.add(0, Promotion.of(promotions.size() + 1, e, at));
        return of(name, next);
    }

    RegisteredAdapter rolledBack(RegistryEvent.AdapterRolledBack e, Instant at) {
        return of(
                name,
                promotions.stream()
                        .map(p -> p.number() == e.promotion() ? p.rolledBack(e, at) : p)
                        .toList());
    }
}
