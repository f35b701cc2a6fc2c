package dev.tributary.protocol;

import dev.tributary.plan.BlobRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An agent's end of the wire. Used by one thread for polling and any for sending. */
public interface AgentTransport extends AutoCloseable {

    /** Commands after the last acknowledged position, oldest first; waits at most {@code timeout} for the first. */
    List<Received> poll(Duration timeout);

    /** Remembers durably that commands up to this position need not be delivered again. */
    void acknowledge(long position);

    /** Sends a signed message; returns when the broker has it. @throws TransportException if it cannot within a bound */
    void send(byte[] signed);

    /** Sends a blob's chunks and its manifest; returns when the broker has all. Already acknowledged chunks are not sent again. */
    void upload(BlobRef blob, Path file, TransferListener listener);

    /** Makes the next upload of a blob send all of it again, for when the coordinator says that it never arrived. */
    default void forgetUpload(BlobRef blob) {}

    /** Fetches a blob into {@code store} unless it is there; resumes a fetch that was cut. Returns the bytes moved. */
    long download(BlobLocation location, BlobStore store, TransferListener listener);

    @Override
    void close();

    /** A signed message and where it stood in its topic. */
    record Received(String channel, long position, byte[] signed) {}

    @FunctionalInterface
    interface TransferListener {
        void transferred(long bytes, long total);
    }
}
