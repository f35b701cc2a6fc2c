package dev.tributary.coordinator.broker;

import dev.tributary.privacy.pki.Party;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a Kafka broker must be set to so that only certified parties connect, and each does what it may. */
public final class BrokerRights {

    private BrokerRights() {}

    /**
     * Lines of server.properties; keys and listeners are to be added.
     *
     * @param brokers names of brokers that run by themselves; as the coordinator they may do everything
     */
    public static Map<String, String> settings(String federation, List<String> brokers) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ssl.client.auth", "required");
        settings.put("ssl.enabled.protocols", "TLSv1.3");
        settings.put("ssl.principal.mapping.rules", Party.kafkaMapping(federation));
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("auto.create.topics.enable", "false");
        // A fetch that waits for records was allowed when it came: a revoked agent's is let go of after this time.
        settings.put("connections.max.idle.ms", "45000");
        settings.put(
                "super.users",
                Stream.concat(
                                Stream.of(Party.coordinator(federation)),
                                brokers.stream().map(name -> Party.broker(name, federation)))
                        .map(party -> "User:" + party.principal())
                        .collect(Collectors.joining(";")));
        return settings;
    }
}
