package dev.tributary.coordinator.config;

import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.broker.BrokerTls;
import dev.tributary.coordinator.broker.EmbeddedBroker;
import dev.tributary.coordinator.enrolment.CoordinatorChannel;
import dev.tributary.coordinator.enrolment.EnrolmentOffice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

    /**
     * @param channel asked for where the broker speaks TLS
     * @param office knows the members
     */
    static BrokerHandle open(
            TributaryProperties properties, Supplier<CoordinatorChannel> channel, EnrolmentOffice office) {
        TributaryProperties.Broker broker = properties.broker();
        if (broker.mode() == TributaryProperties.Broker.Mode.EXTERNAL) {
            return new BrokerHandle(null, broker.bootstrapServers());
        }
        BrokerSettings settings = settings(broker, properties.dataDir().resolve("kafka"));
        EmbeddedBroker embedded = EmbeddedBroker.start(
                properties.brokerTls()
                        ? settings.with(
                                new BrokerTls(channel.get().tlsFile(), properties.federation(), office::isMember))
                        : settings);
        return new BrokerHandle(embedded, embedded.bootstrapServers());
    }

    private static BrokerSettings settings(TributaryProperties.Broker broker, Path directory) {
        int[] free = BrokerSettings.freePorts(2);
        int port = broker.port() == 0 ? free[0] : broker.port();
        int controller =
                broker.controllerPort() != 0 ? broker.controllerPort() : broker.port() == 0 ? free[1] : port + 1;
        String advertised = broker.advertisedAddress().isBlank() ? broker.address() : broker.advertisedAddress();
        return new BrokerSettings(directory, broker.address(), port, controller, advertised, List.of(), Map.of(), null);
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
