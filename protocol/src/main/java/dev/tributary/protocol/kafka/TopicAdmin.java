package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes sure that topics exist. */
final class TopicAdmin {
    private static final Map<String, String> CONFIG = Map.of(
            "cleanup.policy", "delete",
            "retention.ms", String.valueOf(Duration.ofDays(7).toMillis()),
            "compression.type", "producer");

    private final Clients clients;
    private final Duration limit;

    TopicAdmin(Clients clients, KafkaSettings settings) {
        this.clients = clients;
        this.limit = settings.operationTimeout();
    }

    /**
     * Makes the topics that are not there yet.
     *
     * @return each topic's identity, which changes when a topic is deleted and made again
     * @throws TransportException if that cannot be done in time
     */
    Map<String, Uuid> ensure(Collection<String> topics) {
        try (Admin admin = clients.admin()) {
            Map<String, Uuid> ids = new HashMap<>();
            for (String topic : topics) {
                Optional<Uuid> id = find(admin, topic);
                ids.put(topic, id.isPresent() ? id.get() : create(admin, topic));
            }
            return ids;
        }
    }

    private Optional<Uuid> find(Admin admin, String topic) {
        try {
            Map<String, TopicDescription> found = clients.await(
                    admin.describeTopics(List.of(topic)).allTopicNames(), limit, "describe topic " + topic);
            return Optional.ofNullable(found.get(topic)).map(TopicDescription::topicId);
        } catch (TransportException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof AuthorizationException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Uuid create(Admin admin, String topic) {
        NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.<Short>empty()).configs(CONFIG);
        var result = admin.createTopics(List.of(wanted));
        try {
            return clients.await(result.topicId(topic), limit, "make topic " + topic);
        } catch (TransportException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return find(admin, topic).orElse(Uuid.ZERO_UUID);
            }
            throw e;
        }
    }
}
