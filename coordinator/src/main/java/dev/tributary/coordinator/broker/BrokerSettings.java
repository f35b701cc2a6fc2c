package dev.tributary.coordinator.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an embedded broker keeps its data and listens.
 *
 * @param directory data directory, kept between runs
 * @param host address to listen on: {@code 127.0.0.1}, or {@code 0.0.0.0} for agents on other machines
 * @param port port for clients
 * @param controllerPort port of the broker's own controller, on 127.0.0.1 only
 * @param advertisedHost name or address under which clients reach {@code host}
 * @param extraListeners further plaintext listeners on 127.0.0.1
 * @param tls null: whoever reaches a port may do everything
 * @param overrides further settings of server.properties; they win
 */
public record BrokerSettings(
        Path directory,
        String host,
        int port,
        int controllerPort,
        String advertisedHost,
        List<ExtraListener> extraListeners,
        Map<String, String> overrides,
        @Nullable BrokerTls tls) {

    /**
     * A listener that tells clients to come by another port, such as a proxy's.
     *
     * @param name upper-case letters
     */
    public record ExtraListener(String name, int port, int advertisedPort) {}

    public BrokerSettings {
        checkPort("broker.port", port);
        checkPort("broker.controller-port", controllerPort);
        if (port == controllerPort) {
            throw new IllegalArgumentException("broker.port and broker.controller-port must differ, both are " + port);
        }
        extraListeners = List.copyOf(extraListeners);
        overrides = Map.copyOf(overrides);
    }

    /** For clients on this machine; the controller listens on the port after {@code port}. */
    public static BrokerSettings local(Path directory, int port) {
        return new BrokerSettings(directory, "127.0.0.1", port, port + 1, "127.0.0.1", List.of(), Map.of(), null);
    }

    /** For clients on this machine, on ports that are free at this moment. */
    public static BrokerSettings onFreePorts(Path directory) {
        int[] ports = freePorts(2);
        return new BrokerSettings(directory, "127.0.0.1", ports[0], ports[1], "127.0.0.1", List.of(), Map.of(), null);
    }

    /** Distinct ports that nobody listens on at this moment. */
    public static int[] freePorts(int count) {
        ServerSocket[] sockets = new ServerSocket[count];
        int[] ports = new int[count];
        try {
            for (int i = 0; i < count; i++) {
                sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ports[i] = sockets[i].getLocalPort();
            }
            return ports;
        } catch (IOException e) {
            throw new BrokerException("No free port on this machine: " + e.getMessage(), e);
        } finally {
            for (ServerSocket socket : sockets) {
                closeQuietly(socket);
            }
        }
    }

    private static void closeQuietly(@Nullable ServerSocket socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new BrokerException("Port " + socket.getLocalPort() + " could not be given back", e);
            }
        }
    }

    private static void checkPort(String name, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(name + " must be 1 to 65535, was " + port);
        }
    }

    public BrokerSettings with(ExtraListener listener) {
        List<ExtraListener> more = new java.util.ArrayList<>(extraListeners);
        more.add(listener);
        return new BrokerSettings(directory, host, port, controllerPort, advertisedHost, more, overrides, tls);
    }

    public BrokerSettings with(BrokerTls channel) {
        return new BrokerSettings(
                directory, host, port, controllerPort, advertisedHost, extraListeners, overrides, channel);
    }
}
