package dev.tributary.protocol.memory;

import static dev.tributary.protocol.memory.InMemoryNetwork.nanos;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.BlobStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

final class InMemoryCoordinatorTransport implements CoordinatorTransport {

    private final InMemoryNetwork network;
    private final BlobStore store;
    private final Map<AgentId, Long> next = new HashMap<>();
    private final Map<AgentId, Long> wireBytes = new HashMap<>();
    private long published;
    private @Nullable BlobStoreException failure;
    private boolean started;
    private volatile boolean closed;

    InMemoryCoordinatorTransport(InMemoryNetwork network, BlobStore store) {
        this.network = network;
        this.store = store;
    }

    @Override
    public void start(Map<AgentId, Long> positions) {
        network.lock.lock();
        try {
            positions.forEach((agent, position) -> next.put(agent, position + 1));
            started = true;
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public List<FromAgent> poll(Duration timeout) {
        if (!started) {
            throw new IllegalStateException("start() comes before poll()");
        }
        network.lock.lock();
        try {
            long left = nanos(timeout);
            List<FromAgent> received = new ArrayList<>();
            throwFailure();
            while (true) {
                if (!network.isCut() && !closed) {
                    network.up.forEach((agent, log) -> read(agent, log, received));
                }
                if (received.isEmpty()) {
                    throwFailure();
                }
                if (!received.isEmpty() || left <= 0 || closed) {
                    return received;
                }
                left = network.await(left);
            }
        } finally {
            network.lock.unlock();
        }
    }

    private void read(AgentId agent, Log log, List<FromAgent> received) {
        long position = next.getOrDefault(agent, 0L);
        for (; position < log.end(); position++) {
            Log.Record record = log.get(position);
            long bytes = wireBytes.merge(agent, record.wireBytes(), Long::sum);
            if (record.signed() != null) {
                received.add(new FromAgent(agent, record.signed(), position, bytes));
                wireBytes.remove(agent);
            } else if (record.blob() != null) {
                try {
                    take(record.blob());
                } catch (BlobStoreException e) {
                    failure = e;
                    wireBytes.merge(agent, -record.wireBytes(), Long::sum);
                    break;
                }
            }
        }
        next.put(agent, position);
    }

    /** What was read beside a failure is delivered first; the same record comes again. */
    private void throwFailure() {
        BlobStoreException met = failure;
        failure = null;
        if (met != null) {
            throw met;
        }
    }

    /** A blob missing in the spool was taken by an earlier coordinator transport. */
    private void take(BlobRef blob) {
        if (!store.has(blob) && network.spool.has(blob)) {
            InMemoryNetwork.copy(blob, network.spool.path(blob), store);
        }
    }

    @Override
    public void send(List<ToAgent> messages) {
        network.lock.lock();
        try {
            checkOpen();
            for (ToAgent m : messages) {
                network.down(m.to()).append(new Log.Record(m.signed().clone(), null, m.signed().length));
            }
            network.changed.signalAll();
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public BlobLocation publish(BlobRef blob, Path file) {
        network.lock.lock();
        try {
            checkOpen();
            InMemoryNetwork.copy(blob, file, network.spool);
            network.published.add(blob);
            long offset = published++;
            return new BlobLocation(blob, "blobs", 0, offset, offset);
        } finally {
            network.lock.unlock();
        }
    }

    /** Blobs go from the spool; the few bytes of messages stay. */
    @Override
    public void discard(Map<AgentId, Long> upTo, Collection<BlobLocation> live) {
        network.lock.lock();
        try {
            Set<BlobRef> needed = live.stream().map(BlobLocation::blob).collect(Collectors.toSet());
            network.up.forEach((agent, log) -> {
                for (long i = upTo.getOrDefault(agent, -1L) + 1; i < log.end(); i++) {
                    BlobRef blob = log.get(i).blob();
                    if (blob != null) {
                        needed.add(blob);
                    }
                }
            });
            upTo.forEach((agent, position) -> network.up(agent).blobsUpTo(position).stream()
                    .filter(blob -> !needed.contains(blob) && !network.published.contains(blob))
                    .forEach(network.spool::delete));
            network.published.stream().filter(blob -> !needed.contains(blob)).forEach(network.spool::delete);
            network.published.retainAll(needed);
        } finally {
            network.lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new TransportException("the coordinator's transport is closed", null);
        }
        network.checkLink();
    }

    @Override
    public void close() {
        network.lock.lock();
        try {
            closed = true;
            network.changed.signalAll();
        } finally {
            network.lock.unlock();
        }
    }
}
