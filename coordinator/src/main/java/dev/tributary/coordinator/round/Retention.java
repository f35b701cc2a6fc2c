package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Needed;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.BlobStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of blobs that no round, no late agent and no result needs any more: updates once their round is published,
 * states once newer ones took their place. Used by the loop's thread only. A blob that came in but is not yet known is
 * needed by nobody; one that was there already, by another job's equal update, is claimed and goes later if at all.
 */
final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** A job that did not complete may be run again: for so long its states stay fetchable. */
    private static final Duration RETRIABLE = Duration.ofDays(1);

    private static final Duration SWEEP = Duration.ofSeconds(15);
    private static final int SWEEP_STATES = 5;

    private final BlobStore blobs;
    private final int kept;
    private final Set<BlobRef> left = new HashSet<>(); // somebody is about to name them again, or not
    private @Nullable Instant swept;
    private int published;
    private List<BlobLocation> before = List.of();

    Retention(BlobStore blobs, int kept) {
        this.blobs = blobs;
        this.kept = kept;
    }

    /** A job changed: removes what it needed before and nobody needs now. */
    void applied(JobState before, JobState after, List<JobEvent> events, Collection<JobState> all) {
        published += (int) events.stream()
                .filter(JobEvent.StatePublished.class::isInstance)
                .count();
        boolean lets = events.stream()
                .anyMatch(e -> e instanceof JobEvent.StatePublished
                        || e instanceof JobEvent.EvaluationClosed
                        || e instanceof JobEvent.RoundAbandoned
                        || e instanceof JobEvent.RoundClosed
                        || after.status().isFinal());
        if (lets) {
            remove(Needed.blobs(before, kept), all);
        }
    }

    /**
     * Whether all of a state is there. Blobs go by their content, so that one which was made for this state may have gone
     * with the equal one of another job; what is there now stays from the moment on that the state is recorded.
     */
    boolean holds(JobEvent.StatePublished state) {
        return Stream.concat(
                        state.parts().values().stream(),
                        Stream.of(Optional.ofNullable(state.fold()), Optional.ofNullable(state.foldedBase()))
                                .flatMap(Optional::stream)
                                .map(FoldRef::blob))
                .allMatch(blobs::has);
    }

    /** An update was not taken: removes its blob. */
    void refused(BlobRef blob, Collection<JobState> all) {
        remove(Set.of(blob), all);
    }

    /** Before anything runs: removes what a crash left behind. */
    void start(Collection<JobState> all) {
        Set<BlobRef> ever = new HashSet<>();
        all.forEach(job -> ever.addAll(Needed.ever(job)));
        remove(ever, all);
    }

    private void remove(Set<BlobRef> candidates, Collection<JobState> all) {
        Set<BlobRef> dead = new HashSet<>(candidates);
        dead.addAll(left);
        left.clear();
        for (JobState job : all) {
            dead.removeAll(Needed.blobs(job, kept));
        }
        for (BlobRef blob : dead) {
            try {
                if (!blobs.delete(blob)) {
                    left.add(blob);
                }
            } catch (BlobStoreException e) {
                LOG.warn("blob {} stays on disk until the next start: {}", blob.sha256(), e.getMessage());
            }
        }
    }

    /** Whether it is time to tell the wire what is not needed there. */
    boolean isDue(Instant now) {
        if (swept != null && now.isBefore(swept.plus(SWEEP)) && published < SWEEP_STATES) {
            return false;
        }
        published = 0;
        swept = now;
        return true;
    }

    /**
     * Where everything lies that an agent may be told to fetch, or may have been told when this was asked last: a blob that
     * was published again stays at its old place for plans that are on their way.
     */
    List<BlobLocation> live(Collection<JobState> all, Instant now) {
        remove(Set.of(), all);
        List<BlobLocation> present = present(all, now);
        List<BlobLocation> live =
                Stream.concat(present.stream(), before.stream()).distinct().toList();
        before = present;
        return live;
    }

    private List<BlobLocation> present(Collection<JobState> all, Instant now) {
        return all.stream()
                .filter(job -> mayRun(job, now))
                .flatMap(job -> Needed.states(job, kept).stream().flatMap(state -> job.locationsOf(state).stream()))
                .distinct()
                .toList();
    }

    private static boolean mayRun(JobState job, Instant now) {
        Instant end = job.finishedAt();
        return !job.status().isFinal()
                || (job.status() != JobStatus.COMPLETED && end != null && now.isBefore(end.plus(RETRIABLE)));
    }
}
