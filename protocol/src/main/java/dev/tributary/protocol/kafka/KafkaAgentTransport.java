package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.seal.ContentKey;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.chunk.ChunkMap;
import dev.tributary.protocol.chunk.Chunking;
import dev.tributary.protocol.crash.CrashPoint;
import dev.tributary.protocol.seal.BlobSealing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * An agent's end on Kafka. Nothing is connected before it is needed; while the broker is away polls are empty or fail
 * with a {@link TransportException}, and the next one tries again. Read position and upload notes are kept in the state
 * directory.
 */
public final class KafkaAgentTransport implements AgentTransport {

    private final KafkaSettings settings;
    private final AgentId agent;
    private final MessageCodec codec;
    private final Clock clock;
    private final Clients clients;
    private final Topics topics;
    private final RecordSender sender;
    private final ChunkSender chunks;
    private final BlobFetcher fetcher;
    private final Downlink downlink;
    private final @Nullable BlobSealing sealing;
    private final UploadLedger ledger;
    private final byte[] key;
    private final Object ensuring = new Object();
    private volatile @Nullable Map<String, Uuid> topicIds;
    private volatile boolean suspect;

    /**
     * @param codec signs the manifests of uploaded blobs
     * @param stateDirectory for the read position and upload notes; one per agent
     */
    public KafkaAgentTransport(
            KafkaSettings settings, AgentId agent, MessageCodec codec, Path stateDirectory, Clock clock) {
        this(settings, agent, codec, null, stateDirectory, clock);
    }

    /**
     * @param codec signs the manifests of uploaded blobs, and seals them where blobs are sealed
     * @param contentKeys by which uploaded blobs are sealed; null if they travel as they are
     * @param stateDirectory for the read position and upload notes; one per agent
     */
    public KafkaAgentTransport(
            KafkaSettings settings,
            AgentId agent,
            MessageCodec codec,
            @Nullable ContentKey contentKeys,
            Path stateDirectory,
            Clock clock) {
        this.sealing = contentKeys == null ? null : new BlobSealing(contentKeys, stateDirectory.resolve("outgoing"));
        this.settings = settings;
        this.agent = agent;
        this.codec = codec;
        this.clock = clock;
        this.clients = new Clients(settings, "agent-" + agent.value());
        this.topics = new Topics(settings.federation());
        this.sender = new RecordSender(clients, settings);
        this.chunks = new ChunkSender(sender, clients);
        this.fetcher = new BlobFetcher(clients, settings);
        this.downlink = new Downlink(clients, topics.down(agent), new ReadPosition(stateDirectory.resolve("downlink")));
        this.ledger = new UploadLedger(stateDirectory.resolve("uploads"));
        this.key = agent.value().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public List<Received> poll(Duration timeout) {
        return downlink.poll(topicId(topics.down(agent)), timeout);
    }

    @Override
    public void acknowledge(long position) {
        downlink.acknowledge(topicId(topics.down(agent)), position);
    }

    @Override
    public void send(byte[] signed) {
        writableTopicId();
        try {
            sender.send(topics.up(agent), key, signed, WireRecords.headers(WireRecords.Kind.MESSAGE));
        } catch (TransportException e) {
            suspect = true;
            throw e;
        }
    }

    @Override
    public void upload(BlobRef blob, Path file, TransferListener listener) {
        if (sealing == null) {
            upload(blob, new Chunking(blob, settings.chunkBytes()), file, null, listener);
            return;
        }
        try (BlobSealing.Sealed sealed = sealing.seal(blob, file)) {
            Chunking chunking = new Chunking(sealed.seal().sealed(), settings.chunkBytes());
            upload(blob, chunking, sealed.file(), sealed.seal(), listener);
        }
    }

    private void upload(
            BlobRef blob, Chunking chunking, Path file, @Nullable ContentSeal seal, TransferListener listener) {
        String topic = topics.up(agent);
        try (ChunkMap acknowledged = ledger.open(blob, chunking, writableTopicId())) {
            chunks.send(topic, chunking, file, acknowledged::has, (index, offset) -> acknowledged.add(index), listener);
            CrashPoint.BEFORE_MANIFEST.pass();
            sender.send(topic, key, manifest(chunking, seal), WireRecords.headers(WireRecords.Kind.MANIFEST));
            CrashPoint.AFTER_MANIFEST.pass();
        } catch (TransportException e) {
            suspect = true;
            throw e;
        } catch (IOException e) {
            throw new TransportException("cannot close the notes of the upload of " + file + ": " + e, e);
        }
    }

    @Override
    public void forgetUpload(BlobRef blob) {
        ledger.forget(blob);
    }

    private byte[] manifest(Chunking chunking, @Nullable ContentSeal seal) {
        Message.BlobManifest manifest =
                new Message.BlobManifest(chunking.blob(), chunking.count(), chunking.chunkBytes(), seal);
        return codec.seal(new Envelope(
                settings.federation(), agent.value(), Envelope.COORDINATOR, 0, "", clock.instant(), manifest));
    }

    @Override
    public long download(BlobLocation location, BlobStore store, TransferListener listener) {
        return fetcher.fetch(location, settings.chunkBytes(), store, listener);
    }

    /** Identity of one of this agent's two topics as far as known; they are made at the first use. */
    private Uuid topicId(String topic) {
        Map<String, Uuid> ids = topicIds;
        if (ids == null) {
            ids = ensureTopics();
        }
        return ids.getOrDefault(topic, Uuid.ZERO_UUID);
    }

    /** Identity of the uplink, looked up afresh after a failure: topics may have gone with the broker's data. */
    private Uuid writableTopicId() {
        if (suspect) {
            ensureTopics();
            suspect = false;
        }
        return topicId(topics.up(agent));
    }

    private Map<String, Uuid> ensureTopics() {
        sender.connect(); // goes on while the topics are asked for
        synchronized (ensuring) {
            Map<String, Uuid> ids =
                    new TopicAdmin(clients, settings).ensure(List.of(topics.up(agent), topics.down(agent)));
            topicIds = ids;
            return ids;
        }
    }

    @Override
    public void close() {
        downlink.close();
        fetcher.close();
        sender.close();
    }
}
