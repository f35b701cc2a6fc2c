package dev.tributary.coordinator.round;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** A global state opened from the blob store: all parts as one set of tensors, read from disk on demand. */
public final class OpenState implements TensorSource, AutoCloseable {

    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> owners = new HashMap<>();
    private final List<SafetensorsFile> memory = new ArrayList<>();
    private final Layout layout;
    private final GlobalState state;

    private OpenState(BlobStore blobs, JobState job, StateRef ref) {
        List<TensorInfo> infos = new ArrayList<>();
        try {
            for (Map.Entry<String, BlobRef> part : ref.parts().entrySet()) {
                SafetensorsFile file = SafetensorsFile.open(blobs.path(part.getValue()));
                files.add(file);
                if (StateRef.isBesideModel(part.getKey())) {
                    memory.add(file);
                    continue;
                }
                for (TensorInfo info : file.layout().tensors().values()) {
                    owners.put(info.name(), file);
                    infos.add(info);
                }
            }
            layout = Layout.of(infos);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        state = new GlobalState(ref, PlanFactory.method(job.job()).adapter(job.job()), this, TensorUnion.of(memory));
    }

    /** Opens a state of {@code job}; the caller closes it. @throws NoSuchElementException if a blob is missing */
    public static OpenState open(BlobStore blobs, JobState job, StateRef ref) {
        return new OpenState(blobs, job, ref);
    }

    public GlobalState state() {
        return state;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        SafetensorsFile owner = owners.get(name);
        if (owner == null) {
            throw new NoSuchElementException("no tensor named " + name);
        }
        owner.read(name, from, into, offset, count);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
