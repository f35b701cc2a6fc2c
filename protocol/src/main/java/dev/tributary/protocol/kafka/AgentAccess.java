package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.privacy.pki.Party;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What each agent may do on a broker with access control: write its own uplink, read its own downlink, read what is for
 * everybody. It may make no topic, so its two are made with its rights. Whoever has no right has none: the broker must be
 * set up to refuse by default.
 */
public final class AgentAccess {

    private final KafkaSettings settings;
    private final Clients clients;
    private final Topics topics;
    private final long bytesPerSecond;

    /** @param bytesPerSecond that one agent may send, and may fetch; 0 for no limit */
    public AgentAccess(KafkaSettings settings, long bytesPerSecond) {
        this.settings = settings;
        this.clients = new Clients(settings, "access");
        this.topics = new Topics(settings.federation());
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Makes the agents' topics and gives them their rights; repeating it changes nothing.
     *
     * @throws dev.tributary.protocol.TransportException if the broker cannot be reached, or refuses
     */
    public void admit(Collection<AgentId> agents) {
        List<String> needed = new ArrayList<>(List.of(topics.blobs(), topics.directory()));
        List<AclBinding> rights = new ArrayList<>();
        for (AgentId agent : agents) {
            needed.add(topics.up(agent));
            needed.add(topics.down(agent));
            rights.addAll(rights(agent));
        }
        try (Admin admin = clients.admin()) {
            Duration limit = settings.operationTimeout();
            KafkaFuture<Void> given = admin.createAcls(rights).all();
            KafkaFuture<Void> limited = admin.alterClientQuotas(
                            agents.stream().map(this::quota).toList())
                    .all();
            new TopicAdmin(clients, settings).ensure(admin, needed);
            clients.await(given, limit, "give agents their access rights");
            clients.await(limited, limit, "set the agents' quotas");
        }
    }

    /**
     * Takes every right away; connections that stand get nothing through any more either.
     *
     * @throws dev.tributary.protocol.TransportException if the broker cannot be reached, or refuses
     */
    public void shut(AgentId agent) {
        AclBindingFilter all = new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(principal(agent), null, AclOperation.ANY, AclPermissionType.ANY));
        try (Admin admin = clients.admin()) {
            clients.await(
                    admin.deleteAcls(List.of(all)).all(),
                    settings.operationTimeout(),
                    "take access rights of " + agent + " away");
        }
    }

    private List<AclBinding> rights(AgentId agent) {
        return List.of(
                right(agent, topics.up(agent), AclOperation.WRITE),
                right(agent, topics.down(agent), AclOperation.READ),
                right(agent, topics.blobs(), AclOperation.READ),
                right(agent, topics.directory(), AclOperation.READ));
    }

    private static AclBinding right(AgentId agent, String topic, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry(principal(agent), "*", operation, AclPermissionType.ALLOW));
    }

    private static String principal(AgentId agent) {
        return "User:" + Party.agent(agent.value(), "any").principal();
    }

    private ClientQuotaAlteration quota(AgentId agent) {
        ClientQuotaEntity entity = new ClientQuotaEntity(
                java.util.Map.of(ClientQuotaEntity.USER, principal(agent).substring("User:".length())));
        Double limit = bytesPerSecond == 0 ? null : (double) bytesPerSecond;
        return new ClientQuotaAlteration(
                entity,
                List.of(
                        new ClientQuotaAlteration.Op("producer_byte_rate", limit),
                        new ClientQuotaAlteration.Op("consumer_byte_rate", limit)));
    }
}
