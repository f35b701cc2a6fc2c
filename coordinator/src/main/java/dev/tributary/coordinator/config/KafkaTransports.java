package dev.tributary.coordinator.config;

import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.kafka.KafkaCoordinatorTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.time.Clock;

/** The wire over Kafka. */
final class KafkaTransports {

    private KafkaTransports() {}

    static TransportFactory factory(
            TributaryProperties properties, BrokerHandle broker, MessageCodec codec, Clock clock) {
        KafkaSettings settings = KafkaSettings.of(broker.bootstrapServers(), properties.federation());
        return blobs -> new KafkaCoordinatorTransport(settings, codec, blobs, AssemblyLimits.DEFAULT, clock);
    }
}
