package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.seal.ContentKey;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.chunk.Chunking;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.crash.CrashPoint;
import dev.tributary.protocol.seal.BlobSealing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's end on Kafka: reads every uplink topic of its federation, new ones soon after they appear. One
 * coordinator at a time reads; where two run, the leader alone calls {@link #start}.
 */
public final class KafkaCoordinatorTransport implements CoordinatorTransport {

    private final KafkaSettings settings;
    private final MessageCodec codec;
    private final Clock clock;
    private final Clients clients;
    private final Topics topics;
    private final RecordSender sender;
    private final ChunkSender chunks;
    private final @Nullable BlobSealing sealing;
    private final Uplink uplink;
    private final Retention retention;
    private boolean topicsMade;

    /**
     * @param codec opens the agents' manifests and signs our own
     * @param store uploaded blobs are put here
     */
    public KafkaCoordinatorTransport(
            KafkaSettings settings, MessageCodec codec, BlobStore store, AssemblyLimits limits, Clock clock) {
        this(settings, codec, null, store, limits, clock);
    }

    /**
     * @param codec opens the agents' manifests and signs our own
     * @param contentKeys by which published blobs are sealed; null if they travel as they are
     * @param store uploaded blobs are put here
     */
    public KafkaCoordinatorTransport(
            KafkaSettings settings,
            MessageCodec codec,
            @Nullable ContentKey contentKeys,
            BlobStore store,
            AssemblyLimits limits,
            Clock clock) {
        this.sealing = contentKeys == null ? null : new BlobSealing(contentKeys, store.workDirectory());
        this.settings = settings;
        this.codec = codec;
        this.clock = clock;
        this.clients = new Clients(settings, Envelope.COORDINATOR);
        this.topics = new Topics(settings.federation());
        this.sender = new RecordSender(clients, settings);
        this.chunks = new ChunkSender(sender, clients);
        this.uplink = new Uplink(clients, settings, topics, codec, store, limits);
        this.retention = new Retention(clients, settings, topics);
    }

    @Override
    public void start(Map<AgentId, Long> positions) {
        makeTopics();
        uplink.start(positions);
    }

    /** Their topics must be there. */
    @Override
    public void expect(Collection<AgentId> agents) {
        uplink.expect(agents);
    }

    @Override
    public List<FromAgent> poll(Duration timeout) {
        return uplink.poll(timeout);
    }

    @Override
    public void send(List<ToAgent> messages) {
        List<CompletableFuture<RecordMetadata>> answers = new ArrayList<>();
        for (ToAgent message : messages) {
            byte[] key = message.to().value().getBytes(StandardCharsets.US_ASCII);
            answers.add(sender.sendAsync(
                    topics.down(message.to()), key, message.signed(), WireRecords.headers(WireRecords.Kind.MESSAGE)));
        }
        for (int i = 0; i < answers.size(); i++) {
            String topic = topics.down(messages.get(i).to());
            clients.await(answers.get(i), sender.limit(), "take a record of " + topic);
        }
    }

    @Override
    public BlobLocation publish(BlobRef blob, Path file) {
        makeTopics();
        if (sealing == null) {
            return publish(blob, new Chunking(blob, settings.chunkBytes()), file, null);
        }
        try (BlobSealing.Sealed sealed = sealing.seal(blob, file)) {
            Chunking chunking = new Chunking(sealed.seal().sealed(), settings.chunkBytes());
            return publish(blob, chunking, sealed.file(), sealed.seal().withKey(null));
        }
    }

    @Override
    public BlobLocation withKey(BlobLocation location) {
        ContentSeal seal = location.seal();
        return sealing == null || seal == null
                ? location
                : location.withSeal(seal.withKey(sealing.key(location.blob())));
    }

    private BlobLocation publish(BlobRef blob, Chunking chunking, Path file, @Nullable ContentSeal seal) {
        AtomicLong first = new AtomicLong(Long.MAX_VALUE);
        chunks.send(
                topics.blobs(),
                chunking,
                file,
                index -> false,
                (index, offset) -> first.accumulateAndGet(offset, Math::min),
                (bytes, total) -> {});
        CrashPoint.BEFORE_MANIFEST.pass();
        byte[] key = chunking.blob().sha256().getBytes(StandardCharsets.US_ASCII);
        long last = sender.send(topics.blobs(), key, manifest(chunking), WireRecords.headers(WireRecords.Kind.MANIFEST))
                .offset();
        CrashPoint.AFTER_MANIFEST.pass();
        return new BlobLocation(blob, topics.blobs(), 0, Math.min(first.get(), last), last, seal);
    }

    private byte[] manifest(Chunking chunking) {
        Message.BlobManifest manifest =
                new Message.BlobManifest(chunking.blob(), chunking.count(), chunking.chunkBytes());
        return codec.seal(new Envelope(
                settings.federation(),
                Envelope.COORDINATOR,
                ProtobufMessageCodec.EVERYBODY,
                0,
                "",
                clock.instant(),
                manifest));
    }

    @Override
    public void discard(Map<AgentId, Long> upTo, Collection<BlobLocation> live) {
        retention.discard(upTo, live);
    }

    /** Records of one agent that were dropped as junk since this transport was made. */
    public long junkFrom(AgentId agent) {
        return uplink.junkFrom(agent);
    }

    private synchronized void makeTopics() {
        if (!topicsMade) {
            new TopicAdmin(clients, settings).ensure(List.of(topics.blobs(), topics.directory()));
            topicsMade = true;
        }
    }

    @Override
    public void close() {
        uplink.close();
        sender.close();
    }
}
