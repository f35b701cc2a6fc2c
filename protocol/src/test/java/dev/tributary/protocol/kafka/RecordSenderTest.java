package dev.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RecordSenderTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaSettings settings = KafkaSettings.of("127.0.0.1:1", "first-records");
    private final RecordSender sender = new RecordSender(new Clients(settings, "test"), settings, () -> producer);

    @Test
    void nothingFollowsATopicsFirstRecordBeforeItsAnswer() throws Exception {
        CompletableFuture<RecordMetadata> first = send("up");
        Thread second = waiting(() -> send("up"));
        send("other");

        assertThat(producer.history()).extracting(r -> r.topic()).containsExactly("up", "other");
        producer.completeNext();
        assertThat(first).isDone();
        second.join();
        send("up");
        assertThat(producer.history()).extracting(r -> r.topic()).containsExactly("up", "other", "up", "up");
    }

    @Test
    void whereTheFirstRecordFailsTheNextIsTheFirst() throws Exception {
        CompletableFuture<RecordMetadata> first = send("up");
        producer.errorNext(new UnknownTopicOrPartitionException("not yet there"));
        CompletableFuture<RecordMetadata> second = send("up");
        Thread third = waiting(() -> send("up"));

        assertThatThrownBy(first::join).hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(producer.history()).hasSize(2);
        producer.completeNext();
        assertThat(second).isDone();
        third.join();
        assertThat(producer.history()).hasSize(3);
    }

    private CompletableFuture<RecordMetadata> send(String topic) {
        return sender.sendAsync(topic, new byte[] {1}, new byte[] {2}, List.of());
    }

    /** Runs it until it waits or ends. */
    private static Thread waiting(Runnable action) {
        Thread thread = new Thread(action);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
        return thread;
    }
}
