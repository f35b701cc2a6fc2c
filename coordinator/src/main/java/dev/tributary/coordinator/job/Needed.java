package dev.tributary.coordinator.job;

import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What of a job's content may still be asked for: by a round, by an agent that comes late, by whoever wants the result. */
public final class Needed {

    private Needed() {}

    /**
     * The newest {@code kept} states, the result or what would be it now, and states whose evaluation is open.
     *
     * @param kept at least 1
     */
    public static List<StateRef> states(JobState job, int kept) {
        int newest = job.latest().map(StateRef::version).orElse(-1);
        int oldest = job.status() == JobStatus.COMPLETED ? newest : newest - kept + 1;
        int result = job.resultVersion() >= 0 ? job.resultVersion() : BestRound.resultOf(job);
        return job.publications()
                .map(Publication::state)
                .filter(s -> s.version() >= oldest
                        || s.version() == result
                        || isBeingMeasured(job, s.version())
                        || isTrainedFrom(job, s.version()))
                .toList();
    }

    private static boolean isBeingMeasured(JobState job, int version) {
        Round round = job.rounds().get(version);
        return !job.status().isFinal()
                && round != null
                && (round.evaluation() == null || round.evaluation().isOpen());
    }

    private static boolean isTrainedFrom(JobState job, int version) {
        return LateUpdates.stragglers(job).stream().anyMatch(s -> s.round() == version + 1);
    }

    /** Blobs of those states, all folds, and the updates that a round which is not published counts or may count. */
    public static Set<BlobRef> blobs(JobState job, int kept) {
        Set<BlobRef> blobs = new HashSet<>();
        for (StateRef state : states(job, kept)) {
            blobs.addAll(state.parts().values());
            state.folds().stream().map(FoldRef::blob).forEach(blobs::add);
        }
        job.lastRound()
                .filter(round -> round.publication() == null && round.phase() != RoundPhase.ABANDONED)
                .ifPresent(round -> round.attempt().answers().values().stream()
                        .map(Answer::update)
                        .filter(update -> update != null)
                        .map(Update::tensors)
                        .forEach(blobs::add));
        late(job).map(late -> late.update().tensors()).forEach(blobs::add);
        return blobs;
    }

    private static Stream<LateUpdates.Deferred> late(JobState job) {
        Stream<LateUpdates.Deferred> counted =
                job.lastRound().filter(round -> round.phase() == RoundPhase.AGGREGATING).stream()
                        .flatMap(round -> LateUpdates.of(job, round.attempt()).stream());
        Stream<LateUpdates.Deferred> waiting = LateUpdates.waiting(job).stream();
        return Stream.concat(counted, waiting);
    }

    /** Every blob that the job's log names as stored here, needed or not. */
    public static Set<BlobRef> ever(JobState job) {
        Set<BlobRef> blobs = new HashSet<>();
        job.publications().map(Publication::state).forEach(state -> {
            blobs.addAll(state.parts().values());
            state.folds().stream().map(FoldRef::blob).forEach(blobs::add);
        });
        for (Round round : job.rounds().values()) {
            for (Attempt attempt : round.attempts()) {
                for (Answer answer : attempt.answers().values()) {
                    if (answer.update() != null) {
                        blobs.add(answer.update().tensors());
                    }
                }
            }
        }
        return blobs;
    }
}
