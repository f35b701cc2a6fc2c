package dev.tributary.coordinator.round;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.aggregation.fold.FoldCompaction;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The folds of a job's base, as they lie in the blob store. */
final class FoldLog {

    private FoldLog() {}

    /**
     * One fold in place of the whole log.
     *
     * @param report what it drops
     */
    record Compacted(Path file, FoldCompaction.Report report) {}

    /** The log with {@code added} at its end as one fold, if the job asks for that and the log is long enough. */
    static Optional<Compacted> compact(BlobStore blobs, JobState state, Optional<Path> added, Path workDirectory) {
        if (added.isEmpty()) {
            return Optional.empty();
        }
        List<SafetensorsFile> log = new ArrayList<>();
        try {
            for (FoldRef fold : state.latest().map(StateRef::folds).orElse(List.of())) {
                log.add(SafetensorsFile.open(blobs.path(fold.blob())));
            }
            log.add(SafetensorsFile.open(added.get()));
            int rank = FoldCompaction.dueRank(state.job(), log);
            if (rank == 0) {
                return Optional.empty();
            }
            Path file = workDirectory.resolve("compacted-fold.safetensors");
            return Optional.of(new Compacted(file, FoldCompaction.compact(log, rank, file)));
        } finally {
            log.forEach(SafetensorsFile::close);
        }
    }
}
