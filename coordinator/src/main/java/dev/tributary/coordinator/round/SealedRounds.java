package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.log.LogJson;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.JobId;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.blob.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a noised round gave, named on disk before anything of it leaves: a coordinator that crashes, or cannot reach the
 * broker, publishes these bytes and no others, and is not charged twice.
 */
final class SealedRounds {

    private final Path directory;
    private final BlobStore blobs;

    /** @param ledgers where the coordinator's privacy ledgers are */
    SealedRounds(Path ledgers, BlobStore blobs) {
        this.directory = ledgers.resolve("sealed");
        this.blobs = blobs;
    }

    /**
     * One attempt's result, in the blob store.
     *
     * @param attempt from 1
     * @param reservation of the ledger, to be committed before anything leaves
     */
    record Sealed(int round, int attempt, long reservation, StoredState state, Diagnostics figures) {}

    /**
     * The parts of a next state in the blob store.
     *
     * @param parts new and kept ones
     */
    record StoredState(
            SortedMap<String, BlobRef> parts, @Nullable BlobRef fold, SortedMap<String, String> methodState) {
        StoredState {
            parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
            methodState = Collections.unmodifiableSortedMap(new TreeMap<>(methodState));
        }
    }

    /** The sealed result of this attempt; empty if there is none, or not all of it is there any more. */
    Optional<Sealed> find(JobId job, int round, Attempt attempt) {
        Path file = file(job);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Sealed sealed = LogJson.MAPPER.readValue(Files.readAllBytes(file), Sealed.class);
            boolean whole = sealed.state().parts().values().stream().allMatch(blobs::has);
            BlobRef fold = sealed.state().fold();
            return Optional.of(sealed)
                    .filter(s -> s.round() == round && s.attempt() == attempt.number())
                    .filter(s -> whole && (fold == null || blobs.has(fold)));
        } catch (IOException | JacksonException e) {
            throw new BlobStoreException(
                    "cannot read " + file + ": " + e.getMessage()
                            + ". It names a noised result that may have left; restore it, or delete it to have the round"
                            + " noised and charged again",
                    e);
        }
    }

    /** On disk when this returns; takes the place of the job's round before. */
    void seal(JobId job, Sealed sealed) {
        Path file = file(job);
        try {
            DurableFiles.write(file, LogJson.MAPPER.writeValueAsBytes(sealed));
        } catch (IOException e) {
            throw new BlobStoreException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private Path file(JobId job) {
        return directory.resolve(job.value() + ".json");
    }
}
