package dev.tributary.coordinator.config;

/** Where agents find the broker, {@code host:port,...}; empty without one. */
public record BrokerAddress(String bootstrapServers) {}
