package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Sends records to partition 0 of topics. A producer that has failed for good is replaced. Safe for many threads. */
final class RecordSender implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Clients clients;
    private final Duration limit;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private boolean closed;

    RecordSender(Clients clients, KafkaSettings settings) {
        this.clients = clients;
        this.limit = settings.deliveryTimeout().plus(GRACE);
    }

    /** Connects now rather than at the first record. @throws TransportException if no client can be made */
    void connect() {
        producer();
    }

    /** Returns when the broker has the record. */
    RecordMetadata send(String topic, byte[] key, byte[] value, List<Header> headers) {
        return clients.await(sendAsync(topic, key, value, headers), limit, "take a record of " + topic);
    }

    /** May wait for memory and metadata, within the operation timeout; never throws. */
    CompletableFuture<RecordMetadata> sendAsync(String topic, byte[] key, byte[] value, List<Header> headers) {
        CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
        KafkaProducer<byte[], byte[]> current = null;
        try {
            current = producer();
            KafkaProducer<byte[], byte[]> used = current;
            current.send(new ProducerRecord<>(topic, 0, key, value, headers), (metadata, failure) -> {
                if (failure == null) {
                    answer.complete(metadata);
                } else {
                    discardIfBroken(used, failure);
                    answer.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException | TransportException e) {
            if (current != null) {
                discardIfBroken(current, e);
            }
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** Longest time in which an asynchronous send is answered. */
    Duration limit() {
        return limit;
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed) {
            throw new TransportException("this side's transport is closed", null);
        }
        if (producer == null) {
            producer = clients.producer();
        }
        return producer;
    }

    private synchronized void discardIfBroken(KafkaProducer<byte[], byte[]> used, Exception failure) {
        if (!(failure instanceof RetriableException) && producer == used) {
            producer = null;
            Thread closer = new Thread(() -> used.close(Duration.ZERO), "producer-close"); // not from its own thread
            closer.setDaemon(true);
            closer.start();
        }
    }

    @Override
    public void close() {
        KafkaProducer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
            producer = null;
        }
        if (last != null) {
            last.close(CLOSE);
        }
    }
}
