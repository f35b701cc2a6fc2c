package dev.tributary.coordinator.round;

import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.coordinator.job.Flaw;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobStore;
import org.jspecify.annotations.Nullable;

/** Looks into an update's tensors: there at all, well-formed, as declared, finite, within the norm bound. */
final class UpdateInspector {

    private static final int CHUNK = 1 << 16;

    private final BlobStore blobs;
    private final double normBound;

    UpdateInspector(BlobStore blobs, double normBound) {
        this.blobs = blobs;
        this.normBound = normBound;
    }

    /** What is wrong with the content, or null. The header was found to declare the plan's layout before. */
    @Nullable
    Flaw inspect(Update update) {
        if (!blobs.has(update.tensors())) {
            return new Flaw("missing-blob", "blob " + update.tensors().sha256() + " was not sent before the update");
        }
        try (SafetensorsFile file = SafetensorsFile.open(blobs.path(update.tensors()))) {
            String found = file.layout().hash();
            if (!found.equals(update.layoutHash())) {
                return new Flaw(
                        "wrong-layout",
                        "the blob's tensor layout " + found + " is not the declared " + update.layoutHash());
            }
            return values(file);
        } catch (FormatException e) {
            return new Flaw("malformed", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Flaw values(SafetensorsFile file) {
        float[] buffer = new float[CHUNK];
        double squares = 0;
        for (TensorInfo info : file.layout().tensors().values()) {
            for (long from = 0; from < info.elements(); from += CHUNK) {
                int count = (int) Math.min(CHUNK, info.elements() - from);
                file.read(info.name(), from, buffer, 0, count);
                double part = 0;
                for (int i = 0; i < count; i++) {
                    part += (double) buffer[i] * buffer[i];
                }
                if (!Double.isFinite(part)) {
                    return new Flaw("not-finite", "tensor " + info.name() + " holds NaN or infinity");
                }
                squares += part;
            }
        }
        double norm = Math.sqrt(squares);
        return norm <= normBound
                ? null
                : new Flaw("norm-too-large", "the update's norm " + norm + " exceeds the bound " + normBound);
    }
}
