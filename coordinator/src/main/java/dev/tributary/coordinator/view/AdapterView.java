package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.coordinator.job.Round;
import dev.tributary.plan.BlobRef;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A published global adapter with where it comes from.
 *
 * @param parts SHA-256 of its blobs by part
 * @param folds how many low-rank updates of the base lie under it
 * @param metrics means over the sites
 * @param result whether it is its job's result
 */
public record AdapterView(
        String job,
        String jobName,
        String method,
        String baseModel,
        String baseSha256,
        String startFrom,
        int version,
        Instant at,
        long bytes,
        SortedMap<String, String> parts,
        int folds,
        SortedMap<String, Double> metrics,
        int contributors,
        boolean result) {

    /** All published adapters of a job, newest first; the untrained one before round 1 is left out. */
    public static List<AdapterView> of(JobState state) {
        List<AdapterView> views = new java.util.ArrayList<>(state.rounds().values().stream()
                .flatMap(round -> Stream.ofNullable(round.publication()).map(p -> of(state, round, p)))
                .toList());
        java.util.Collections.reverse(views);
        return views;
    }

    private static AdapterView of(JobState state, Round round, Publication publication) {
        SortedMap<String, String> parts = new TreeMap<>();
        publication.state().parts().forEach((part, blob) -> parts.put(part, blob.sha256()));
        return new AdapterView(
                state.id().value(),
                state.job().name(),
                state.job().aggregation().method(),
                state.job().baseModel(),
                state.model().weightsSha256(),
                state.job().startFrom(),
                publication.state().version(),
                publication.at(),
                publication.state().parts().values().stream()
                        .mapToLong(BlobRef::size)
                        .sum(),
                parts,
                publication.state().folds().size(),
                round.evaluation() == null
                        ? new TreeMap<>()
                        : round.evaluation().mean(),
                round.attempt().accepted().size(),
                state.status().isFinal()
                        && state.resultVersion() == publication.state().version());
    }
}
