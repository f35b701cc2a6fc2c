package dev.tributary.protocol.kafka;

import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.AgentTransport.TransferListener;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.chunk.Chunk;
import dev.tributary.protocol.chunk.PartialBlob;
import dev.tributary.protocol.seal.BlobSealing;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Fetches blobs by their location, one at a time, going on where an earlier fetch was cut. */
final class BlobFetcher implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Clients clients;
    private final Duration patience;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    BlobFetcher(Clients clients, KafkaSettings settings) {
        this.clients = clients;
        this.patience = settings.deliveryTimeout();
    }

    /** Returns the bytes of chunks that were read. */
    synchronized long fetch(BlobLocation location, int likelyChunkBytes, BlobStore store, TransferListener listener) {
        BlobRef blob = location.blob();
        if (store.has(blob)) {
            return 0;
        }
        PartialBlob partial = PartialBlob.resume(store.workDirectory(), "", location.onTheWire(), likelyChunkBytes);
        boolean finished = false;
        try {
            Progress progress = new Progress(partial, listener);
            read(location, store, progress);
            partial = progress.partial;
            if (!partial.isComplete()) {
                throw new TransportException(
                        "blob " + blob.sha256() + " is not whole on " + location.topic() + " any more: chunk "
                                + partial.firstMissing() + " of "
                                + partial.chunking().count()
                                + " is gone from offsets " + location.firstOffset() + " to " + location.lastOffset(),
                        null);
            }
            finished = true;
            if (!partial.moveInto(store)) {
                throw new TransportException(
                        "blob " + blob.sha256() + " came with another SHA-256; it was thrown away", null);
            }
            ContentSeal seal = location.seal();
            if (seal != null) {
                BlobSealing.open(seal, store);
            }
            return progress.bytes;
        } catch (UnopenableException e) {
            throw new TransportException("blob " + blob.sha256() + ": " + e.getMessage(), e);
        } catch (KafkaException e) {
            drop();
            throw clients.failed("send blob " + blob.sha256(), e);
        } finally {
            if (!finished) {
                partial.close();
            }
        }
    }

    private void read(BlobLocation location, BlobStore store, Progress progress) {
        if (progress.partial.isComplete()) {
            return;
        }
        KafkaConsumer<byte[], byte[]> reader = consumer();
        TopicPartition partition = new TopicPartition(location.topic(), location.partition());
        reader.assign(List.of(partition));
        reader.seek(partition, location.firstOffset() + progress.partial.firstMissing());
        long last = System.nanoTime();
        while (!progress.partial.isComplete() && reader.position(partition) <= location.lastOffset()) {
            long before = reader.position(partition);
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                if (record.offset() <= location.lastOffset() && WireRecords.isChunkOf(location.onTheWire(), record)) {
                    progress.take(record, store);
                }
            }
            if (reader.position(partition) != before) {
                last = System.nanoTime();
            } else if (closed || Thread.currentThread().isInterrupted()) {
                throw new TransportException(
                        "the fetch of blob " + location.blob().sha256() + " was stopped", null);
            } else if (System.nanoTime() - last > patience.toNanos()) {
                throw clients.failed(
                        "send blob " + location.blob().sha256(),
                        new java.util.concurrent.TimeoutException("nothing came for " + patience.toSeconds() + " s"));
            }
        }
        reader.unsubscribe();
    }

    /** What one fetch has moved. */
    private static final class Progress {
        private final TransferListener listener;
        private PartialBlob partial;
        private long bytes;

        Progress(PartialBlob partial, TransferListener listener) {
            this.partial = partial;
            this.listener = listener;
        }

        void take(ConsumerRecord<byte[], byte[]> record, BlobStore store) {
            Chunk chunk;
            try {
                chunk = WireRecords.chunk(record);
            } catch (IllegalArgumentException e) {
                return; // not one of ours; if it should have been, the blob stays incomplete and that is told
            }
            if (!chunk.chunking().blob().equals(partial.chunking().blob())
                    || !chunk.problem().isEmpty()) {
                return;
            }
            if (chunk.chunking().chunkBytes() != partial.chunking().chunkBytes()) {
                partial.close(); // cut in another size than we guessed
                partial = PartialBlob.open(store.workDirectory(), "", chunk.chunking());
            }
            if (partial.write(chunk)) {
                bytes += chunk.body().length;
                listener.transferred(partial.bytes(), partial.chunking().blob().size());
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        if (closed) {
            throw new TransportException("this side's transport is closed", null);
        }
        if (consumer == null) {
            consumer = clients.consumer("blobs");
        }
        return consumer;
    }

    private void drop() {
        if (consumer != null) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
            consumer = null;
        }
    }

    /** A fetch under way ends within a moment. */
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            drop();
        }
    }
}
