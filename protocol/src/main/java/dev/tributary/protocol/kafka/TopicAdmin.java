package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
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
            return ensure(admin, topics);
        }
    }

    /** As above, by a client that is there. */
    Map<String, Uuid> ensure(Admin admin, Collection<String> topics) {
        Map<String, Uuid> ids = find(admin, topics);
        List<String> missing =
                topics.stream().filter(topic -> !ids.containsKey(topic)).toList();
        if (!missing.isEmpty()) {
            ids.putAll(create(admin, missing));
        }
        return ids;
    }

    /** Those that are there, and that this side may see. */
    private Map<String, Uuid> find(Admin admin, Collection<String> topics) {
        Map<String, Uuid> ids = new HashMap<>();
        admin.describeTopics(topics).topicNameValues().forEach((topic, answer) -> {
            try {
                ids.put(
                        topic,
                        clients.await(answer, limit, "describe topic " + topic).topicId());
            } catch (TransportException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        && !(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
            }
        });
        return ids;
    }

    private Map<String, Uuid> create(Admin admin, Collection<String> topics) {
        CreateTopicsResult result = admin.createTopics(topics.stream()
                .map(topic -> new NewTopic(topic, Optional.of(1), Optional.<Short>empty()).configs(CONFIG))
                .toList());
        Map<String, Uuid> ids = new HashMap<>();
        for (String topic : topics) {
            try {
                ids.put(topic, clients.await(result.topicId(topic), limit, "make topic " + topic));
            } catch (TransportException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
                ids.put(topic, find(admin, List.of(topic)).getOrDefault(topic, Uuid.ZERO_UUID));
            }
        }
        return ids;
    }
}
