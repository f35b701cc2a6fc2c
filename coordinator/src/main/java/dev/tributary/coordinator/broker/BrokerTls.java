package dev.tributary.coordinator.broker;

import java.nio.file.Path;

/**
 * Certificates on both sides, and rights for everybody who connects.
 *
 * @param identity file with the broker's key and certificate, which is the coordinator's; read again when it changes
 * @param federation whose certificates name users
 */
public record BrokerTls(Path identity, String federation) {}
