package dev.tributary.coordinator.broker;

import dev.tributary.coordinator.broker.BrokerSettings.ExtraListener;
import dev.tributary.protocol.kafka.CertifiedEngines;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The server.properties of a single broker that is its own controller. */
final class BrokerProperties {
    static final int NODE_ID = 1;
    static final String CONTROLLER = "CONTROLLER";
    private static final String CLIENTS = "CLIENTS";

    /** Room for several records of the largest size. */
    private static final String REQUEST_BYTES = String.valueOf(8 << 20);

    private BrokerProperties() {}

    static Properties of(BrokerSettings settings) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                String.valueOf(NODE_ID),
                "controller.quorum.voters",
                NODE_ID + "@127.0.0.1:" + settings.controllerPort(),
                "controller.listener.names",
                CONTROLLER,
                "inter.broker.listener.name",
                CLIENTS,
                "log.dirs",
                settings.directory().toAbsolutePath().toString(),
                "auto.create.topics.enable",
                "false",
                "delete.topic.enable",
                "true"));
        listeners(settings, properties);
        BrokerTls tls = settings.tls();
        if (tls != null) {
            access(tls, properties);
        }

        // One broker: nothing can be replicated, and Kafka's own topics need no more than one partition.
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(topic + ".replication.factor", "1");
            properties.put(topic + ".num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("num.partitions", "1");
        properties.put("default.replication.factor", "1");
        properties.put("min.insync.replicas", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");

        // After a kill the new start waits for the old registration to run out; the default of 9 s is for clusters.
        properties.put("broker.session.timeout.ms", "1000");
        properties.put("broker.heartbeat.interval.ms", "250");

        // Sized for a handful of agents beside a coordinator.
        properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("num.recovery.threads.per.data.dir", "1");

        // What is on its way from all agents together: more of them must not need more memory.
        properties.put("socket.request.max.bytes", REQUEST_BYTES);
        properties.put("queued.max.request.bytes", REQUEST_BYTES);

        // Records that were deleted leave the disk soon, by whole segments; every agent has two topics.
        properties.put("log.segment.bytes", String.valueOf(16 << 20));
        properties.put("log.index.size.max.bytes", String.valueOf(1 << 20));
        properties.put("log.retention.check.interval.ms", "10000");
        properties.put("log.segment.delete.delay.ms", "5000");
        properties.put("log.initial.task.delay.ms", "10000");
        properties.putAll(settings.overrides());
        return properties;
    }

    /** Every listener asks for a certificate; the coordinator may do all, everybody else what an entry allows. */
    private static void access(BrokerTls tls, Properties properties) {
        properties.putAll(CertifiedEngines.settings(tls.identity()));
        properties.putAll(BrokerRights.settings(tls.federation(), List.of()));
        properties.putAll(MemberPrincipals.settings(tls.members()));
    }

    private static void listeners(BrokerSettings settings, Properties properties) {
        String protocol = settings.tls() == null ? "PLAINTEXT" : "SSL";
        StringBuilder listen = new StringBuilder(CLIENTS + "://" + settings.host() + ":" + settings.port());
        StringBuilder advertise =
                new StringBuilder(CLIENTS + "://" + settings.advertisedHost() + ":" + settings.port());
        StringBuilder protocols = new StringBuilder(CONTROLLER + ":" + protocol + "," + CLIENTS + ":" + protocol);
        for (ExtraListener extra : settings.extraListeners()) {
            listen.append(',').append(extra.name()).append("://127.0.0.1:").append(extra.port());
            advertise.append(',').append(extra.name()).append("://127.0.0.1:").append(extra.advertisedPort());
            protocols.append(',').append(extra.name()).append(":" + protocol);
        }
        listen.append(',').append(CONTROLLER).append("://127.0.0.1:").append(settings.controllerPort());
        properties.put("listeners", listen.toString());
        properties.put("advertised.listeners", advertise.toString());
        properties.put("listener.security.protocol.map", protocols.toString());
    }
}
