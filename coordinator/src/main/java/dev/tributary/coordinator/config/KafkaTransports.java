package dev.tributary.coordinator.config;

import dev.tributary.coordinator.enrolment.CoordinatorChannel;
import dev.tributary.privacy.seal.ContentKey;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The wire over Kafka. */
final class KafkaTransports {

    private KafkaTransports() {}

    static TransportFactory factory(
            TributaryProperties properties,
            BrokerHandle broker,
            Supplier<CoordinatorChannel> channel,
            MessageCodec codec,
            Clock clock) {
        KafkaSettings settings = settings(properties, broker.bootstrapServers(), channel);
        // Blobs are for all agents at once: sealed where every one of them is enrolled.
        ContentKey contentKeys = properties.enrolmentRequired()
                ? ContentKey.loadOrCreate(properties.shared().resolve("content.key"))
                : null;
        return blobs ->
                new KafkaCoordinatorTransport(settings, codec, contentKeys, blobs, AssemblyLimits.DEFAULT, clock);
    }

    /** How the coordinator's clients reach the broker. */
    static KafkaSettings settings(
            TributaryProperties properties, String bootstrapServers, Supplier<CoordinatorChannel> channel) {
        Map<String, Object> client = new TreeMap<>();
        if (properties.brokerTls()) {
            client.putAll(KafkaSettings.tls(channel.get().tlsFile()));
        }
        client.putAll(properties.broker().client());
        return KafkaSettings.of(bootstrapServers, properties.federation()).withClient(client);
    }
}
