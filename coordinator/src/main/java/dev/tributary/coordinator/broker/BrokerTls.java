package dev.tributary.coordinator.broker;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;

/**
 * Certificates on both sides, and rights for everybody who connects.
 *
 * @param identity file with the broker's key and certificate, which is the coordinator's; read again when it changes
 * @param federation whose certificates name users
 * @param members whether the agent that shows this certificate is one by it; asked at every request
 */
public record BrokerTls(Path identity, String federation, Predicate<X509Certificate> members) {}
