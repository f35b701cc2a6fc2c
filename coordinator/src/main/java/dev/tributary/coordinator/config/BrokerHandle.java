package dev.tributary.coordinator.config;

import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The broker this coordinator works with: one of its own, one somewhere else, or none in memory-only set-ups. */
final class BrokerHandle implements AutoCloseable {

    private final @Nullable EmbeddedBroker embedded;
    private final String bootstrapServers;

    private BrokerHandle(@Nullable EmbeddedBroker embedded, String bootstrapServers) {
        this.embedded = embedded;
        this.bootstrapServers = bootstrapServers;
    }

    static BrokerHandle none() {
        return new BrokerHandle(null, "");
    }

    static BrokerHandle open(TributaryProperties properties) {
        TributaryProperties.Broker broker = properties.broker();
        if (broker.mode() == TributaryProperties.Broker.Mode.EXTERNAL) {
            return new BrokerHandle(null, broker.bootstrapServers());
        }
        EmbeddedBroker embedded =
                EmbeddedBroker.start(settings(broker, properties.dataDir().resolve("kafka")));
        return new BrokerHandle(embedded, embedded.bootstrapServers());
    }

    private static BrokerSettings settings(TributaryProperties.Broker broker, Path directory) {
        int[] free = BrokerSettings.freePorts(2);
        int port = broker.port() == 0 ? free[0] : broker.port();
        int controller =
                broker.controllerPort() != 0 ? broker.controllerPort() : broker.port() == 0 ? free[1] : port + 1;
        String advertised = broker.advertisedAddress().isBlank() ? broker.address() : broker.advertisedAddress();
        return new BrokerSettings(directory, broker.address(), port, controller, advertised, List.of(), Map.of());
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
