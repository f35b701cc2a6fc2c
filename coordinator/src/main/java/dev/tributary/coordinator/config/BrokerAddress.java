package dev.tributary.coordinator.config;

import dev.tributary.protocol.kafka.KafkaSettings;
import java.util.Optional;

/**
 * Where agents find the broker.
 *
 * @param bootstrapServers {@code host:port,...}; empty without one
 * @param tls whether it asks for certificates of the federation's authority
 * @param access how to give and take access rights there; empty where that is not the coordinator's business
 */
public record BrokerAddress(String bootstrapServers, boolean tls, Optional<KafkaSettings> access) {}
