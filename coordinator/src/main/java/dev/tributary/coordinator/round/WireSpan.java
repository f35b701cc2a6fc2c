package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.protocol.BlobLocation;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * How much lies on the wire behind a state's oldest blob. The wire lets go of records in front of the oldest that is
 * needed only, so a part that never changes, as a frozen factor, would keep all rounds after it. Such blobs are published
 * again when that is cheap beside what has come since.
 */
final class WireSpan {

    /** Bytes from the oldest blob on, per byte that is needed, before what is kept is published again. */
    private static final int LONGEST = 4;

    private WireSpan() {}

    /** Blobs of the newest state, which is where those that a next one keeps can be fetched. */
    static Set<BlobRef> fetchable(JobState job) {
        Set<BlobRef> blobs = new HashSet<>();
        job.latest().ifPresent(state -> {
            blobs.addAll(state.parts().values());
            state.folds().stream().map(FoldRef::blob).forEach(blobs::add);
        });
        blobs.retainAll(job.locations().keySet());
        return blobs;
    }

    /**
     * Whether the blobs that the next state takes over lie too far back.
     *
     * @param next all blobs of the next state that agents fetch
     */
    static boolean isTooLong(JobState job, Collection<BlobRef> next) {
        Set<BlobRef> kept = fetchable(job);
        kept.retainAll(next);
        long oldest = job.locations().values().stream()
                .filter(location -> kept.contains(location.blob()))
                .mapToLong(BlobLocation::firstOffset)
                .min()
                .orElse(Long.MAX_VALUE);
        long span = job.locations().values().stream()
                .filter(location -> location.firstOffset() >= oldest)
                .mapToLong(location -> location.blob().size())
                .sum();
        long needed = next.stream().distinct().mapToLong(BlobRef::size).sum();
        return span > LONGEST * needed;
    }
}
