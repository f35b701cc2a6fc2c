package dev.tributary.coordinator.config;

/** The wire over Kafka. */
final class KafkaTransports {

    private KafkaTransports() {}

    static TransportFactory factory(TributaryProperties properties, BrokerHandle broker) {
        throw new IllegalStateException("no Kafka transport on the class path for " + properties.federation()
                + " at " + broker.bootstrapServers());
    }
}
