package dev.tributary.cli.crash;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.LoggerFactory;

/** Listens to agents' uplinks beside the coordinator and counts how often each chunk of each blob came. */
final class Uploads implements AutoCloseable {
    private final Map<String, Map<Integer, Integer>> chunks = new ConcurrentSkipListMap<>();
    private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
    private final Thread thread;
    private volatile boolean closed;

    Uploads(String bootstrapServers, String federation, List<String> agents) {
        ((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(Level.ERROR); // it waits and is cut by design
        thread = new Thread(() -> listen(bootstrapServers, federation, agents), "uploads");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen(String bootstrapServers, String federation, List<String> agents) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "allow.auto.create.topics",
                false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(agents.stream()
                    .map(agent -> new TopicPartition("tributary." + federation + ".up." + agent, 0))
                    .toList());
            while (!closed) {
                try {
                    consumer.poll(Duration.ofMillis(200)).forEach(this::take);
                } catch (RetriableException e) {
                    continue; // the topic is not made yet, or the broker is away
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Header blob = record.headers().lastHeader("blob");
        if (blob == null) {
            return;
        }
        String name = record.topic() + " " + HexFormat.of().formatHex(blob.value());
        counts.put(name, number(record, "count"));
        chunks.computeIfAbsent(name, any -> new ConcurrentSkipListMap<>())
                .merge(number(record, "index"), 1, Integer::sum);
    }

    private static int number(ConsumerRecord<byte[], byte[]> record, String header) {
        return ByteBuffer.wrap(record.headers().lastHeader(header).value()).getInt();
    }

    /** Blobs of which every chunk came. */
    long whole() {
        return chunks.entrySet().stream()
                .filter(e -> e.getValue().size() == counts.getOrDefault(e.getKey(), 0))
                .count();
    }

    /** Chunks beyond the first of their kind, by blob; blobs without any are left out. */
    Map<String, Integer> repeated() {
        TreeMap<String, Integer> repeated = new TreeMap<>();
        chunks.forEach((blob, times) -> {
            int more = times.values().stream().mapToInt(n -> n - 1).sum();
            if (more > 0) {
                repeated.put(blob, more);
            }
        });
        return repeated;
    }

    /** Blobs of which every chunk was sent more than once. */
    List<String> repeatedInFull() {
        return chunks.entrySet().stream()
                .filter(blob -> blob.getValue().values().stream().allMatch(times -> times > 1))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join(5000);
    }
}
