package dev.tributary.protocol.memory;

import static dev.tributary.protocol.memory.InMemoryNetwork.nanos;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.TransportException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class InMemoryAgentTransport implements AgentTransport {

    private final InMemoryNetwork network;
    private final AgentId id;
    private long next;
    private volatile boolean closed;

    InMemoryAgentTransport(InMemoryNetwork network, AgentId id) {
        this.network = network;
        this.id = id;
        network.lock.lock();
        try {
            network.up(id);
            this.next = network.acknowledged.getOrDefault(id, -1L) + 1;
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public List<Received> poll(Duration timeout) {
        network.lock.lock();
        try {
            long left = nanos(timeout);
            Log log = network.down(id);
            while ((network.isCut() || next >= log.end()) && left > 0 && !closed) {
                left = network.await(left);
            }
            List<Received> received = new ArrayList<>();
            while (!network.isCut() && next < log.end() && !closed) {
                byte[] signed = log.get(next).signed();
                if (signed != null) {
                    received.add(new Received("down." + id, next, signed));
                }
                next++;
            }
            return received;
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public void acknowledge(long position) {
        network.lock.lock();
        try {
            network.acknowledged.merge(id, position, Math::max);
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public void send(byte[] signed) {
        append(new Log.Record(signed.clone(), null, signed.length));
    }

    @Override
    public void upload(BlobRef blob, Path file, TransferListener listener) {
        network.lock.lock();
        try {
            checkOpen();
            network.checkLink();
        } finally {
            network.lock.unlock();
        }
        InMemoryNetwork.copy(blob, file, network.spool);
        append(new Log.Record(null, blob, blob.size()));
        listener.transferred(blob.size(), blob.size());
    }

    private void append(Log.Record record) {
        network.lock.lock();
        try {
            checkOpen();
            network.checkLink();
            network.up(id).append(record);
            network.changed.signalAll();
        } finally {
            network.lock.unlock();
        }
    }

    @Override
    public long download(BlobLocation location, BlobStore store, TransferListener listener) {
        BlobRef blob = location.blob();
        if (store.has(blob)) {
            return 0;
        }
        network.lock.lock();
        try {
            checkOpen();
            network.checkLink();
        } finally {
            network.lock.unlock();
        }
        if (!network.spool.has(blob)) {
            throw new TransportException("blob " + blob.sha256() + " is not on the in-memory network any more", null);
        }
        InMemoryNetwork.copy(blob, network.spool.path(blob), store);
        listener.transferred(blob.size(), blob.size());
        return blob.size();
    }

    private void checkOpen() {
        if (closed) {
            throw new TransportException("the transport of " + id + " is closed", null);
        }
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
