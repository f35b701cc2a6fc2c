package dev.tributary.protocol.kafka;

import dev.tributary.protocol.chunk.Chunking;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How to reach the broker.
 *
 * @param bootstrapServers {@code host:port}, several with commas
 * @param federation part of every topic's name
 * @param chunkBytes size of the chunks that this side sends; smaller ones suit slow links that are often cut
 * @param operationTimeout bound for small operations: topics, metadata, positions
 * @param deliveryTimeout bound for the broker to take a record, retries included; also how long a fetch may make no progress
 * @param discoveryInterval how often the coordinator looks for topics of new agents
 * @param client further client settings of Kafka ({@code security.protocol, ssl.*, ...}); they win
 */
public record KafkaSettings(
        String bootstrapServers,
        String federation,
        int chunkBytes,
        Duration operationTimeout,
        Duration deliveryTimeout,
        Duration discoveryInterval,
        Map<String, Object> client) {

    private static final Pattern FEDERATION = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

    public KafkaSettings {
        if (!FEDERATION.matcher(federation).matches()) {
            throw new IllegalArgumentException(
                    "federation must be 1 to 40 of a-z, 0-9 and '-', was '" + federation + "'");
        }
        if (chunkBytes < 1 || chunkBytes > Chunking.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "chunkBytes must be 1 to " + Chunking.MAX_CHUNK_BYTES + ", was " + chunkBytes);
        }
        client = Map.copyOf(client);
    }

    public static KafkaSettings of(String bootstrapServers, String federation) {
        return new KafkaSettings(
                bootstrapServers,
                federation,
                Chunking.MAX_CHUNK_BYTES,
                Duration.ofSeconds(20),
                Duration.ofSeconds(120),
                Duration.ofSeconds(1),
                Map.of());
    }

    /** Client settings for a broker that asks for a certificate: the key and certificate in {@code file}, TLS 1.3. */
    public static Map<String, String> tls(Path file) {
        Map<String, String> client = new TreeMap<>(CertifiedEngines.settings(file));
        client.put("security.protocol", "SSL");
        client.put("ssl.endpoint.identification.algorithm", "https");
        return client;
    }

    public KafkaSettings withChunkBytes(int bytes) {
        return new KafkaSettings(
                bootstrapServers, federation, bytes, operationTimeout, deliveryTimeout, discoveryInterval, client);
    }

    public KafkaSettings withTimeouts(Duration operation, Duration delivery) {
        return new KafkaSettings(
                bootstrapServers, federation, chunkBytes, operation, delivery, discoveryInterval, client);
    }

    public KafkaSettings withClient(Map<String, Object> settings) {
        return new KafkaSettings(
                bootstrapServers,
                federation,
                chunkBytes,
                operationTimeout,
                deliveryTimeout,
                discoveryInterval,
                settings);
    }
}
