package dev.tributary.coordinator.registry;

import dev.tributary.plan.BlobRef;
import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One adapter that a name stood for, or stands for.
 *
 * @param number from 1, in the order in which the name was given adapters
 * @param metrics means over the sites, as reported for this version when it was promoted
 * @param adapterSha256 of {@code adapter_model.safetensors}
 * @param archive the zip that is handed out
 * @param rolledBack null while it was not
 */
public record Promotion(
        int number,
        String job,
        int version,
        String method,
        String baseModel,
        String baseSha256,
        SortedMap<String, Double> metrics,
        String adapterSha256,
        BlobRef archive,
        Instant at,
        String by,
        String note,
        @Nullable RolledBack rolledBack) {

    /** When, by whom and why a promotion was taken back. */
    public record RolledBack(Instant at, String by, String note) {}

    static Promotion of(int number, RegistryEvent.AdapterPromoted e, Instant at) {
        return new Promotion(
                number,
                e.job(),
                e.version(),
                e.method(),
                e.baseModel(),
                e.baseSha256(),
                e.metrics(),
                e.adapterSha256(),
                e.archive(),
                at,
                e.by(),
                e.note(),
                null);
    }

    Promotion rolledBack(RegistryEvent.AdapterRolledBack e, Instant when) {
        return new Promotion(
                number,
                job,
                version,
                method,
                baseModel,
                baseSha256,
                metrics,
                adapterSha256,
                archive,
                at,
                by,
                note,
                new RolledBack(when, e.by(), e.note()));
    }
}
