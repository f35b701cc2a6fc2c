package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** Asks a broker whether an agent can work with it; changes nothing there. */
public final class BrokerProbe {

    /** Where the settings have more. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private BrokerProbe() {}

    /** @throws dev.tributary.protocol.TransportException if it cannot be reached or refuses; says what to check */
    public static String ask(KafkaSettings settings, AgentId agent) {
        Duration limit = settings.operationTimeout().compareTo(PATIENCE) < 0 ? settings.operationTimeout() : PATIENCE;
        KafkaSettings patient = settings.withTimeouts(limit, limit);
        Clients clients = new Clients(patient, "check-" + agent.value());
        Topics topics = new Topics(settings.federation());
        try (Admin admin = clients.admin()) {
            Node node = clients.await(admin.describeCluster().controller(), limit, "say who it is");
            Set<String> seen = clients.await(admin.listTopics().names(), limit, "list topics");
            boolean known = seen.contains(topics.down(agent));
            boolean tls = "SSL".equals(settings.client().get("security.protocol"));
            return "answers at " + settings.bootstrapServers() + " as node " + node.idString()
                    + (tls ? ", by certificate" : ", without TLS")
                    + (known ? ", this agent's topics are there" : ", this agent's topics are not there yet");
        }
    }
}
