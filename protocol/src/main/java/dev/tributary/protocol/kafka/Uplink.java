package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport.FromAgent;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.chunk.AssemblyLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the uplinks of all agents with one consumer; positions are kept by the caller. What came of different agents is
 * put together at the same time: hashing and flushing take longer than reading.
 */
final class Uplink implements AutoCloseable {
    private static final Duration DISCOVERY_PAUSE = Duration.ofMillis(200);

    private final Clients clients;
    private final KafkaSettings settings;
    private final Topics topics;
    private final MessageCodec codec;
    private final BlobStore store;
    private final AssemblyLimits limits;
    private final JunkLog junk = new JunkLog();
    private final ReentrantLock lock = new ReentrantLock();
    private final ExecutorService pool =
            Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), task -> {
                Thread thread = new Thread(task, "uplink");
                thread.setDaemon(true);
                return thread;
            });
    private final Map<TopicPartition, UplinkReader> readers = new HashMap<>();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Queue<AgentId> expected = new ConcurrentLinkedQueue<>();
    private @Nullable Map<AgentId, Long> startPositions;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable UplinkDiscovery discovery;
    private @Nullable RuntimeException failure;
    private volatile boolean closed;

    Uplink(
            Clients clients,
            KafkaSettings settings,
            Topics topics,
            MessageCodec codec,
            BlobStore store,
            AssemblyLimits limits) {
        this.clients = clients;
        this.settings = settings;
        this.topics = topics;
        this.codec = codec;
        this.store = store;
        this.limits = limits;
    }

    void start(Map<AgentId, Long> positions) {
        lock.lock();
        try {
            if (startPositions != null) {
                throw new IllegalStateException("start() was called before");
            }
            startPositions = Map.copyOf(positions);
            discovery = new UplinkDiscovery(clients.admin(), settings);
        } finally {
            lock.unlock();
        }
    }

    List<FromAgent> poll(Duration timeout) {
        lock.lock();
        try {
            throwFailure();
            long end = System.nanoTime() + timeout.toNanos();
            List<FromAgent> received = new ArrayList<>();
            while (received.isEmpty() && !closed) {
                UplinkDiscovery current = discover();
                long left = Math.max(0, end - System.nanoTime());
                read(current, Duration.ofNanos(left), received);
                if (left == 0) {
                    break;
                }
            }
            return received;
        } catch (WakeupException e) {
            return List.of(); // closing, or an agent is expected
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            drop();
            return List.of();
        } catch (KafkaException e) {
            drop();
            throw clients.failed("read the agents' uplinks", e);
        } finally {
            lock.unlock();
        }
    }

    /** Reads these agents' uplinks from the next poll on, without waiting for the list of topics. */
    void expect(Collection<AgentId> agents) {
        expected.addAll(agents);
        KafkaConsumer<byte[], byte[]> polling = consumer;
        if (polling != null) {
            polling.wakeup();
        }
    }

    private UplinkDiscovery discover() {
        UplinkDiscovery current = discovery;
        if (current == null || startPositions == null) {
            throw new IllegalStateException("start() comes before poll()");
        }
        Set<AgentId> agents = new HashSet<>();
        current.news().forEach(name -> topics.agentOfUplink(name).ifPresent(agents::add));
        for (AgentId agent = expected.poll(); agent != null; agent = expected.poll()) {
            agents.add(agent);
        }
        boolean more = false;
        for (AgentId agent : agents) {
            TopicPartition partition = new TopicPartition(topics.up(agent), 0);
            if (!readers.containsKey(partition)) {
                readers.put(partition, new UplinkReader(agent, codec, store, limits, junk));
                next.put(partition, startPositions.getOrDefault(agent, -1L) + 1);
                more = true;
            }
        }
        if (more && consumer != null) {
            assign(consumer);
        }
        return current;
    }

    private void read(UplinkDiscovery discovery, Duration timeout, List<FromAgent> received) {
        Duration pause = timeout.compareTo(DISCOVERY_PAUSE) > 0 ? DISCOVERY_PAUSE : timeout;
        if (readers.isEmpty()) {
            discovery.await(pause); // without an assignment the consumer would not wait
            return;
        }
        KafkaConsumer<byte[], byte[]> reader = consumer();
        ConsumerRecords<byte[], byte[]> records = reader.poll(pause);
        List<CompletableFuture<Taken>> work = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            UplinkReader from = readers.get(partition);
            if (from != null) {
                Supplier<Taken> task = () -> take(partition, from, records.records(partition));
                work.add(
                        records.partitions().size() == 1
                                ? CompletableFuture.completedFuture(task.get())
                                : CompletableFuture.supplyAsync(task, pool));
            }
        }
        for (CompletableFuture<Taken> each : work) {
            Taken taken = each.join();
            received.addAll(taken.messages());
            next.put(taken.partition(), taken.next());
            if (taken.failure() != null) {
                reader.seek(taken.partition(), taken.next());
                failure = taken.failure();
            }
        }
        if (received.isEmpty()) {
            throwFailure(); // the disk failed; the same record comes again at the next poll
        }
        // Otherwise what was read is delivered first; the failure is thrown by the next poll.
    }

    private void throwFailure() {
        RuntimeException met = failure;
        failure = null;
        if (met != null) {
            throw met;
        }
    }

    /** What came of one partition's records: all of them, or those before a failure. */
    private record Taken(
            TopicPartition partition,
            List<FromAgent> messages,
            long next,
            @Nullable RuntimeException failure) {}

    private static Taken take(
            TopicPartition partition, UplinkReader from, List<ConsumerRecord<byte[], byte[]>> records) {
        List<FromAgent> messages = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                from.take(record, messages);
            } catch (RuntimeException e) {
                return new Taken(partition, messages, record.offset(), e);
            }
        }
        return new Taken(partition, messages, records.get(records.size() - 1).offset() + 1, null);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = clients.consumer("uplinks");
            assign(consumer);
        }
        return consumer;
    }

    /** Partitions that were assigned before keep what was fetched of them. */
    private void assign(KafkaConsumer<byte[], byte[]> reader) {
        Set<TopicPartition> before = Set.copyOf(reader.assignment());
        reader.assign(readers.keySet());
        next.forEach((partition, offset) -> {
            if (!before.contains(partition)) {
                reader.seek(partition, offset);
            }
        });
    }

    long junkFrom(AgentId agent) {
        return junk.dropped(agent.value());
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
            if (discovery != null) {
                discovery.close();
            }
            readers.values().forEach(UplinkReader::close);
            readers.clear();
            pool.shutdown();
        } finally {
            lock.unlock();
        }
    }
}
