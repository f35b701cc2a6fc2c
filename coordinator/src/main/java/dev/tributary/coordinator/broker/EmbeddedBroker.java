package dev.tributary.coordinator.broker;

import dev.tributary.coordinator.broker.BrokerSettings.ExtraListener;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker with its own controller (KRaft), in this process, by the classes that Kafka's own start script uses.
 * The data directory is formatted at the first start and kept. A fault that Kafka holds for fatal (a full disk, no
 * memory) ends the process, as it would end a broker of its own; everything acknowledged is there at the next start.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final int CONNECT_MILLIS = 1000;

    private final BrokerSettings settings;
    private @Nullable KafkaRaftServer server;
    private Properties properties = new Properties();

    private EmbeddedBroker(BrokerSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns when clients can connect.
     *
     * @throws BrokerException if a port is taken, the directory cannot be used, or the broker does not come up
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        EmbeddedBroker broker = new EmbeddedBroker(settings);
        broker.open();
        return broker;
    }

    private synchronized void open() {
        checkFree(settings.host(), settings.port(), "broker.port");
        checkFree("127.0.0.1", settings.controllerPort(), "broker.controller-port");
        for (ExtraListener extra : settings.extraListeners()) {
            checkFree("127.0.0.1", extra.port(), "listener " + extra.name());
        }
        format();
        properties = BrokerProperties.of(settings);
        KafkaRaftServer starting = null;
        try {
            starting = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            starting.startup();
            server = starting;
        } catch (RuntimeException e) {
            if (starting != null) {
                shutdown(starting);
            }
            MemberPrincipals.forget(properties);
            throw new BrokerException(
                    "The embedded broker did not start with data directory " + settings.directory() + ": "
                            + rootMessage(e) + ". If another process uses that directory, stop it or set "
                            + "broker.directory to another one.",
                    e);
        }
        LOG.info("Embedded broker listens on {}, data in {}", bootstrapServers(), settings.directory());
    }

    private void format() {
        Path directory = settings.directory().toAbsolutePath();
        try {
            Files.createDirectories(directory);
            if (Files.exists(directory.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
                return;
            }
            new Formatter()
                    .setNodeId(BrokerProperties.NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(BrokerProperties.CONTROLLER)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                    .run();
        } catch (Exception e) {
            throw new BrokerException(
                    "The embedded broker cannot use data directory " + directory + ": " + rootMessage(e)
                            + ". Check that it is writable and the disk is not full, or set broker.directory.",
                    e);
        }
    }

    /** Stops and starts again on the same data and ports. */
    public synchronized void restart() {
        close();
        open();
    }

    public String bootstrapServers() {
        return settings.advertisedHost() + ":" + settings.port();
    }

    /** Where clients of an extra listener connect. */
    public String bootstrapServers(String listener) {
        return settings.extraListeners().stream()
                .filter(extra -> extra.name().equals(listener))
                .map(extra -> "127.0.0.1:" + extra.advertisedPort())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener named " + listener));
    }

    public BrokerSettings settings() {
        return settings;
    }

    /** Whether the broker is started and takes connections. */
    public boolean isHealthy() {
        synchronized (this) {
            if (server == null) {
                return false;
            }
        }
        try (Socket socket = new Socket()) {
            String host = settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host();
            socket.connect(new InetSocketAddress(host, settings.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Stops within five seconds; a second call does nothing. */
    @Override
    public synchronized void close() {
        KafkaRaftServer running = server;
        server = null;
        if (running != null) {
            shutdown(running);
            MemberPrincipals.forget(properties);
        }
    }

    private static void shutdown(KafkaRaftServer running) {
        Thread stopper = new Thread(
                () -> {
                    running.shutdown();
                    running.awaitShutdown();
                },
                "broker-stop");
        stopper.setDaemon(true);
        stopper.start();
        try {
            stopper.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopper.isAlive()) {
            LOG.warn(
                    "The embedded broker did not stop within {} s; its log is checked at the next start",
                    STOP_LIMIT.toSeconds());
        }
    }

    private static void checkFree(String host, int port, String setting) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (BindException e) {
            throw new BrokerException(
                    "Port " + port + " on " + host + " is not free (" + e.getMessage()
                            + "). Stop the program that uses " + "it, or set " + setting + " to another port.",
                    e);
        } catch (IOException e) {
            throw new BrokerException("Cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
