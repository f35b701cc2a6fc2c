package dev.tributary.coordinator.round;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.blob.FileBlobStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A blob store whose disk can be full: for what the coordinator makes, for what agents send, or for neither. It can also
 * lose a blob.
 */
final class FullDisk implements BlobStore {

    private final FileBlobStore store;
    private volatile boolean takesOwn = true;
    private volatile boolean takesUploads = true;
    private volatile boolean losesBeforePublishing;
    private volatile boolean losesBeforeRecording;
    private volatile @Nullable BlobRef made;

    FullDisk(FileBlobStore store) {
        this.store = store;
    }

    /** @param forUploads whether for those, else for what the coordinator makes */
    void fill(boolean forUploads) {
        takesUploads = takesUploads && !forUploads;
        takesOwn = takesOwn && forUploads;
    }

    void makeRoom() {
        takesOwn = true;
        takesUploads = true;
    }

    /** The next blob that the coordinator makes goes when it is about to be published, the one after that when it was. */
    void lose() {
        losesBeforePublishing = true;
        losesBeforeRecording = true;
    }

    /** Whether all that {@link #lose} announced has happened. */
    boolean hasLost() {
        return !losesBeforePublishing && !losesBeforeRecording;
    }

    private static void require(boolean room) {
        if (!room) {
            throw new BlobStoreException(
                    "The blob store could not store it", new IOException("No space left on device"));
        }
    }

    @Override
    public boolean has(BlobRef blob) {
        if (losesBeforeRecording && !losesBeforePublishing && blob.equals(made)) {
            losesBeforeRecording = false;
            store.delete(blob);
        }
        return store.has(blob);
    }

    @Override
    public Path path(BlobRef blob) {
        if (losesBeforePublishing && blob.equals(made)) {
            losesBeforePublishing = false;
            store.delete(blob);
        }
        return store.path(blob);
    }

    @Override
    public BlobRef put(Path file) {
        require(takesOwn);
        BlobRef blob = store.put(file);
        made = blob;
        return blob;
    }

    @Override
    public void adopt(BlobRef verified, Path file) {
        require(takesUploads);
        store.adopt(verified, file);
    }

    @Override
    public boolean claim(BlobRef blob) {
        return store.claim(blob);
    }

    @Override
    public boolean delete(BlobRef blob) {
        return store.delete(blob);
    }

    @Override
    public Path workDirectory() {
        return store.workDirectory();
    }
}
