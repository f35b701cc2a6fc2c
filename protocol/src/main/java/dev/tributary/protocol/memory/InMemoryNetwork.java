package dev.tributary.protocol.memory;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.blob.FileBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A federation's wire in one process: what a broker would keep on disk (messages, blobs, acknowledged positions) is kept
 * here, so that either end may be closed and connected again. Records arrive in the order they were sent, agents are
 * read in the order of their ids.
 */
public final class InMemoryNetwork {

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    final TreeMap<AgentId, Log> up = new TreeMap<>();
    final Map<AgentId, Log> down = new HashMap<>();
    final Map<AgentId, Long> acknowledged = new HashMap<>();
    final Set<BlobRef> published = new HashSet<>();
    final BlobStore spool;
    private boolean cut;

    /** @param spool directory for the bytes of blobs on their way */
    public InMemoryNetwork(Path spool) {
        this.spool = new FileBlobStore(spool);
    }

    /** The agent's end; acknowledged positions are remembered from an earlier one. */
    public AgentTransport agent(AgentId id) {
        return new InMemoryAgentTransport(this, id);
    }

    /** The coordinator's end; uploaded blobs are put into {@code store}. */
    public CoordinatorTransport coordinator(BlobStore store) {
        return new InMemoryCoordinatorTransport(this, store);
    }

    /** While cut, nothing can be sent or fetched, and nothing new arrives. */
    public void cut(boolean down) {
        lock.lock();
        try {
            cut = down;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** @throws TransportException while the network is cut */
    void checkLink() {
        if (cut) {
            throw new TransportException("the in-memory network is cut", null);
        }
    }

    boolean isCut() {
        return cut;
    }

    Log up(AgentId agent) {
        return up.computeIfAbsent(agent, id -> new Log());
    }

    Log down(AgentId agent) {
        return down.computeIfAbsent(agent, id -> new Log());
    }

    /** Waits for a change; returns the nanoseconds left. The lock is held. */
    long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    static long nanos(Duration timeout) {
        return TimeUnit.MILLISECONDS.toNanos(timeout.toMillis());
    }

    /** Puts a copy of a file into a store, checking that it is the blob it is said to be. */
    static void copy(BlobRef blob, Path file, BlobStore into) {
        try {
            Path copy = Files.createTempFile(into.workDirectory(), "copy", ".part");
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                into.adopt(blob, copy);
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            throw new BlobStoreException("cannot copy " + file + " into " + into.workDirectory() + ": " + e, e);
        }
    }
}
