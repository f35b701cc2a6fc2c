package dev.tributary.cli.bench.rounds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The bytes of a round by plain Kafka clients and nothing else: one payload to a topic that every agent reads, one
 * payload from every agent to a topic of its own, all of which one consumer reads. No signature, no file, no hash.
 */
final class BareKafka implements AutoCloseable {
    private static final int CHUNK = 960_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String bootstrapServers;
    private final int agents;
    private final byte[] payload;
    private final List<AutoCloseable> clients = new ArrayList<>();
    private final ExecutorService pool;
    private final KafkaProducer<byte[], byte[]> server;
    private final KafkaConsumer<byte[], byte[]> intake;
    private final List<KafkaProducer<byte[], byte[]>> senders = new ArrayList<>();
    private final List<KafkaConsumer<byte[], byte[]>> readers = new ArrayList<>();

    BareKafka(String bootstrapServers, int agents, int payloadBytes) throws InterruptedException, ExecutionException {
        this.bootstrapServers = bootstrapServers;
        this.agents = agents;
        this.payload = new byte[payloadBytes];
        new Random(1).nextBytes(payload);
        this.pool = Executors.newFixedThreadPool(agents);
        List<String> uplinks =
                IntStream.range(0, agents).mapToObj(i -> "bare.up." + i).toList();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            List<NewTopic> topics = new ArrayList<>();
            topics.add(topic("bare.down"));
            uplinks.forEach(name -> topics.add(topic(name)));
            admin.createTopics(topics).all().get();
        }
        server = producer();
        intake = consumer(uplinks);
        for (int i = 0; i < agents; i++) {
            senders.add(producer());
            readers.add(consumer(List.of("bare.down")));
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, Optional.of(1), Optional.<Short>empty());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("acks", "all");
        config.put("compression.type", "none");
        config.put("linger.ms", 0);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        clients.add(producer);
        return producer;
    }

    private KafkaConsumer<byte[], byte[]> consumer(List<String> topics) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "earliest");
        config.put("fetch.max.bytes", 8 << 20);
        config.put("max.partition.fetch.bytes", 8 << 20);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(topics.stream().map(name -> new TopicPartition(name, 0)).toList());
        clients.add(consumer);
        return consumer;
    }

    /** Moves one round's bytes. @return seconds */
    double round() throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            int agent = i;
            work.add(pool.submit(() -> {
                read(readers.get(agent), payload.length);
                send(senders.get(agent), "bare.up." + agent);
            }));
        }
        send(server, "bare.down");
        read(intake, (long) agents * payload.length);
        for (Future<?> each : work) {
            each.get();
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String topic) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int from = 0; from < payload.length; from += CHUNK) {
            byte[] chunk = java.util.Arrays.copyOfRange(payload, from, Math.min(payload.length, from + CHUNK));
            sent.add(producer.send(new ProducerRecord<>(topic, 0, null, chunk)));
        }
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("bare Kafka cannot send to " + topic, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, long bytes) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long left = bytes;
        while (left > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("bare Kafka did not move " + bytes + " bytes within " + LIMIT);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                left -= record.value().length;
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        for (AutoCloseable client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                throw new IllegalStateException("a Kafka client does not close", e);
            }
        }
    }
}
