package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends records to partition 0 of topics. A producer that has failed for good is replaced. The first record of a producer to
 * a topic is answered before the next goes out: of a producer that is new to it, a broker takes any number for the first, so
 * that a record refused while its topic was being made would come after those behind it and be refused for ever. Safe for
 * many threads.
 */
final class RecordSender implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Clients clients;
    private final Duration limit;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Map<String, CompletableFuture<RecordMetadata>> firsts = new ConcurrentHashMap<>();
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    RecordSender(Clients clients, KafkaSettings settings) {
        this(clients, settings, clients::producer);
    }

    RecordSender(Clients clients, KafkaSettings settings, Supplier<Producer<byte[], byte[]>> producers) {
        this.clients = clients;
        this.producers = producers;
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

    /** May wait for memory and metadata, and for the answer to a topic's first record; never throws. */
    CompletableFuture<RecordMetadata> sendAsync(String topic, byte[] key, byte[] value, List<Header> headers) {
        CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
        Producer<byte[], byte[]> current = null;
        try {
            producer(); // a new one has answered nothing yet
            afterFirst(topic, answer);
            current = producer();
            Producer<byte[], byte[]> used = current;
            current.send(new ProducerRecord<>(topic, 0, key, value, headers), (metadata, failure) -> {
                if (failure == null) {
                    answer.complete(metadata);
                } else {
                    discardIfBroken(used, failure);
                    fail(topic, answer, failure);
                }
            });
        } catch (KafkaException | IllegalStateException | TransportException e) {
            if (current != null) {
                discardIfBroken(current, e);
            }
            fail(topic, answer, e);
        }
        return answer;
    }

    /** Returns at once where {@code answer} is that to the topic's first record, or where that came. */
    private void afterFirst(String topic, CompletableFuture<RecordMetadata> answer) {
        CompletableFuture<RecordMetadata> first = firsts.putIfAbsent(topic, answer);
        while (first != null && (!first.isDone() || first.isCompletedExceptionally())) {
            clients.await(first.handle((metadata, failure) -> topic), limit, "answer the first record of " + topic);
            if (!first.isCompletedExceptionally()) {
                return;
            }
            firsts.remove(topic, first);
            first = firsts.putIfAbsent(topic, answer);
        }
    }

    private void fail(String topic, CompletableFuture<RecordMetadata> answer, Exception failure) {
        firsts.remove(topic, answer);
        answer.completeExceptionally(failure);
    }

    /** Longest time in which an asynchronous send is answered. */
    Duration limit() {
        return limit;
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new TransportException("this side's transport is closed", null);
        }
        if (producer == null) {
            firsts.clear();
            producer = producers.get();
        }
        return producer;
    }

    private synchronized void discardIfBroken(Producer<byte[], byte[]> used, Exception failure) {
        if (!(failure instanceof RetriableException) && producer == used) {
            producer = null;
            Thread closer = new Thread(() -> used.close(Duration.ZERO), "producer-close"); // not from its own thread
            closer.setDaemon(true);
            closer.start();
        }
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> last;
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
