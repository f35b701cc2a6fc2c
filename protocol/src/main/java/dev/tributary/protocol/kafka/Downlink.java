package dev.tributary.protocol.kafka;

import dev.tributary.protocol.AgentTransport.Received;
import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one agent's commands after the position it has acknowledged. */
final class Downlink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Downlink.class);

    private final Clients clients;
    private final TopicPartition partition;
    private final ReadPosition acknowledged;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private Uuid reading = Uuid.ZERO_UUID;
    private long next = -1;
    private volatile boolean closed;

    Downlink(Clients clients, String topic, ReadPosition acknowledged) {
        this.clients = clients;
        this.partition = new TopicPartition(topic, 0);
        this.acknowledged = acknowledged;
    }

    List<Received> poll(Uuid topicId, Duration timeout) {
        lock.lock();
        try {
            long end = System.nanoTime() + timeout.toNanos();
            List<Received> received = new ArrayList<>();
            while (received.isEmpty() && !closed) {
                long left = Math.max(0, end - System.nanoTime());
                for (ConsumerRecord<byte[], byte[]> record : consumer(topicId).poll(Duration.ofNanos(left))) {
                    next = record.offset() + 1;
                    take(record, received);
                }
                if (left == 0) {
                    break;
                }
            }
            return received;
        } catch (WakeupException e) {
            return List.of(); // closing
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            drop();
            return List.of();
        } catch (KafkaException e) {
            drop();
            throw clients.failed("read " + partition.topic(), e);
        } finally {
            lock.unlock();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, List<Received> received) {
        try {
            if (WireRecords.kind(record) == WireRecords.Kind.MESSAGE) {
                received.add(new Received(record.topic(), record.offset(), record.value()));
                return;
            }
            LOG.warn("Record {} of {} is not a message; skipped", record.offset(), record.topic());
        } catch (IllegalArgumentException e) {
            LOG.warn("Record {} of {} skipped: {}", record.offset(), record.topic(), e.getMessage());
        }
    }

    void acknowledge(Uuid topicId, long position) {
        acknowledged.write(topicId, position);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Uuid topicId) {
        if (closed) {
            throw new TransportException("this side's transport is closed", null);
        }
        if (!topicId.equals(reading)) {
            drop(); // another topic of the same name: positions of the old one mean nothing
            next = -1;
            reading = topicId;
        }
        if (consumer == null) {
            consumer = clients.consumer("commands");
            consumer.assign(List.of(partition));
            consumer.seek(partition, next >= 0 ? next : acknowledged.read(topicId) + 1);
        }
        return consumer;
    }

    private void drop() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
            consumer = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        KafkaConsumer<byte[], byte[]> polling = consumer;
        if (polling != null) {
            polling.wakeup();
        }
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
    }
}
