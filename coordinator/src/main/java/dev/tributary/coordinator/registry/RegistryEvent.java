package dev.tributary.coordinator.registry;

import dev.tributary.coordinator.log.Event;
import dev.tributary.plan.BlobRef;
import java.util.Map;
import java.util.SortedMap;

/** What was promoted and rolled back; stream {@code _registry}. */
public sealed interface RegistryEvent extends Event {

    String STREAM = "_registry";

    Map<String, Class<? extends Event>> TYPES = Map.of(
            "adapter-promoted", AdapterPromoted.class,
            "adapter-rolled-back", AdapterRolledBack.class);

    String name();

    /**
     * A name stands for this adapter from now on.
     *
     * @param metrics means over the sites, as reported for this version; empty if it was not evaluated yet
     * @param adapterSha256 of {@code adapter_model.safetensors} in the archive
     * @param archive the zip that is handed out for the name
     * @param by account or token that did it
     */
    record AdapterPromoted(
            String name,
            String job,
            int version,
            String method,
            String baseModel,
            String baseSha256,
            SortedMap<String, Double> metrics,
            String adapterSha256,
            BlobRef archive,
            String by,
            String note)
            implements RegistryEvent {}

    /** @param promotion number of the promotion that no longer holds; the one before it does again */
    record AdapterRolledBack(String name, int promotion, String by, String note) implements RegistryEvent {}
}
