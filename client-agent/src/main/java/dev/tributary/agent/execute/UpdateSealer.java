package dev.tributary.agent.execute;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Plan;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.BlobStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Puts the outcome of a training on disk: personal tensors aside, the update into the outgoing store. */
final class UpdateSealer {

    private final BlobStore outgoing;
    private final KeptTensors keptTensors;
    private final Step.Hook steps;

    UpdateSealer(BlobStore outgoing, KeptTensors keptTensors, Step.Hook steps) {
        this.outgoing = outgoing;
        this.keptTensors = keptTensors;
        this.steps = steps;
    }

    /**
     * @param leaves which of the tensors that the plan sends take part
     * @param beside what the agent keeps beside the tensors that the plan names
     * @throws RefusedException if the disk does not take it
     */
    Sealed seal(
            Plan.Train plan, TensorSource start, TensorSource trained, Predicate<String> leaves, List<Tensors> beside) {
        Path file = outgoing.workDirectory().resolve("update.safetensors");
        try {
            Layout layout = UpdateFile.write(
                    file,
                    plan.tensors(),
                    start,
                    new TensorSubset(trained, leaves),
                    Preflight.uploadType(plan.uploadDtype()));
            List<Tensors> kept = new ArrayList<>(beside);
            UpdateFile.kept(plan.tensors(), trained).ifPresent(kept::add);
            if (!kept.isEmpty()) {
                keptTensors.store(plan.header().job(), plan.header().planId(), TensorUnion.of(kept));
                steps.at(Step.KEPT);
            }
            BlobRef blob = outgoing.put(file);
            steps.at(Step.STORED);
            return new Sealed(blob, layout.hash());
        } catch (UncheckedIOException | BlobStoreException e) {
            throw new RefusedException("storage-failed", "the update could not be stored: " + e.getMessage(), e);
        } finally {
            discard(file);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The next update overwrites it.
            return;
        }
    }

    record Sealed(BlobRef blob, String layoutHash) {}
}
