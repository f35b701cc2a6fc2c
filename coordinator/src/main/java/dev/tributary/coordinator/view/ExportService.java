package dev.tributary.coordinator.view;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.export.Export;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.coordinator.round.OpenState;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Writes a job's global adapter as files that load outside the platform. */
@Service
public class ExportService {

    private final JobViews views;
    private final BlobStore blobs;

    public ExportService(JobViews views, BlobStore blobs) {
        this.views = views;
        this.blobs = blobs;
    }

    /**
     * Version of the state that would be exported: the result, while the job runs the newest published round; empty
     * before the first.
     */
    public Optional<Integer> version(String job) {
        return views.state(job)
                .flatMap(state -> state.status().isFinal()
                        ? Optional.of(state.resultVersion())
                        : state.latest().map(StateRef::version))
                .filter(version -> version > 0);
    }

    /** Whether everything that a published version consists of is still there. */
    public boolean isKept(String job, int version) {
        return views.state(job).stream()
                .flatMap(state -> state.publications())
                .map(Publication::state)
                .filter(ref -> ref.version() == version)
                .anyMatch(ref -> ref.parts().values().stream().allMatch(blobs::has)
                        && ref.folds().stream().map(FoldRef::blob).allMatch(blobs::has));
    }

    /**
     * Writes {@code adapter/}, a PEFT directory for the unmodified base model, and {@code head.safetensors} where there
     * is a head.
     *
     * @param version of a published state that is kept
     * @throws NoSuchElementException if there is no such job or version
     */
    public Export.Report export(String job, int version, Path directory) {
        JobState state =
                views.state(job).orElseThrow(() -> new NoSuchElementException("there is no job '" + job + "'"));
        return export(state, state.state(version), directory);
    }

    private Export.Report export(JobState state, StateRef ref, Path directory) {
        List<SafetensorsFile> folds = new ArrayList<>();
        try (OpenState open = OpenState.open(blobs, state, ref)) {
            for (FoldRef fold : ref.folds()) {
                folds.add(SafetensorsFile.open(blobs.path(fold.blob())));
            }
            List<TensorSource> sources = List.copyOf(folds);
            return Export.write(
                    open.state(), sources, state.model(), state.job().task(), directory);
        } finally {
            folds.forEach(SafetensorsFile::close);
        }
    }
}
