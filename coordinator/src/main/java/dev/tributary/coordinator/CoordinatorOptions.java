package dev.tributary.coordinator;

import dev.tributary.coordinator.config.TransportFactory;
import dev.tributary.protocol.trace.Tracing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to start a coordinator. Values given here win over the configuration file, which wins over the defaults.
 *
 * @param properties keys {@code tributary.*} and their values
 * @param configFile YAML or properties file, or null
 * @param transport in place of Kafka, or null; with it no broker is started
 * @param tracing in place of what the environment says, or null
 * @param arguments further command-line arguments, {@code --key=value}
 */
public record CoordinatorOptions(
        Map<String, String> properties,
        @Nullable Path configFile,
        @Nullable TransportFactory transport,
        @Nullable Tracing tracing,
        List<String> arguments) {

    public CoordinatorOptions {
        properties = Map.copyOf(properties);
        arguments = List.copyOf(arguments);
    }

    /** Everything kept under {@code dataDirectory}. */
    public static CoordinatorOptions in(Path dataDirectory) {
        return new CoordinatorOptions(
                Map.of("tributary.data-dir", dataDirectory.toAbsolutePath().toString()), null, null, null, List.of());
    }

    /** What the configuration file, the environment and {@code args} say. */
    public static CoordinatorOptions fromArguments(String... args) {
        return new CoordinatorOptions(Map.of(), null, null, null, List.of(args));
    }

    public CoordinatorOptions with(String key, Object value) {
        Map<String, String> next = new LinkedHashMap<>(properties);
        next.put(key, value.toString());
        return new CoordinatorOptions(next, configFile, transport, tracing, arguments);
    }

    public CoordinatorOptions federation(String name) {
        return with("tributary.federation", name);
    }

    /** @param port 0 picks a free one */
    public CoordinatorOptions httpPort(int port) {
        return with("tributary.http.port", port);
    }

    /** @param port of the embedded broker, 0 picks a free one */
    public CoordinatorOptions brokerPort(int port) {
        return with("tributary.broker.port", port);
    }

    public CoordinatorOptions externalBroker(String bootstrapServers) {
        return with("tributary.broker.mode", "external").with("tributary.broker.bootstrap-servers", bootstrapServers);
    }

    public CoordinatorOptions config(Path file) {
        return new CoordinatorOptions(properties, file, transport, tracing, arguments);
    }

    public CoordinatorOptions transport(TransportFactory factory) {
        return new CoordinatorOptions(properties, configFile, factory, tracing, arguments);
    }

    public CoordinatorOptions tracing(Tracing spans) {
        return new CoordinatorOptions(properties, configFile, transport, spans, arguments);
    }
}
