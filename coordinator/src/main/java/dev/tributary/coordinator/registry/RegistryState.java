package dev.tributary.coordinator.registry;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** All names with their adapters; a value, changed only by events. */
record RegistryState(SortedMap<String, RegisteredAdapter> names) {

    static final RegistryState EMPTY = new RegistryState(new TreeMap<>());

    RegistryState {
        names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    }

    RegistryState apply(RegistryEvent event, Instant at) {
        TreeMap<String, RegisteredAdapter> next = new TreeMap<>(names);
        RegisteredAdapter before = names.getOrDefault(event.name(), RegisteredAdapter.of(event.name(), List.of()));
        if (event instanceof RegistryEvent.AdapterPromoted e) {
            next.put(e.name(), before.promoted(e, at));
        } else if (event instanceof RegistryEvent.AdapterRolledBack e) {
            next.put(e.name(), before.rolledBack(e, at));
        }
        return new RegistryState(next);
    }
}
