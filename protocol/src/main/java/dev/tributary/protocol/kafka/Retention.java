package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Lets the broker delete records that nobody needs. A record in front of a live one goes, one behind it stays. */
final class Retention {

    private final Clients clients;
    private final Topics topics;
    private final Duration limit;

    Retention(Clients clients, KafkaSettings settings, Topics topics) {
        this.clients = clients;
        this.topics = topics;
        this.limit = settings.operationTimeout();
    }

    /** Up to the positions on the uplinks; on the blobs' topic up to the first offset of the oldest live blob. */
    void discard(Map<AgentId, Long> upTo, Collection<BlobLocation> live) {
        Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
        upTo.forEach((agent, position) -> {
            if (position >= 0) {
                wanted.put(new TopicPartition(topics.up(agent), 0), RecordsToDelete.beforeOffset(position + 1));
            }
        });
        OptionalLong oldest = live.stream()
                .filter(location -> location.topic().equals(topics.blobs()))
                .mapToLong(BlobLocation::firstOffset)
                .min();
        oldest.ifPresent(
                offset -> wanted.put(new TopicPartition(topics.blobs(), 0), RecordsToDelete.beforeOffset(offset)));
        if (wanted.isEmpty()) {
            return;
        }
        try (Admin admin = clients.admin()) {
            admin.deleteRecords(wanted).lowWatermarks().forEach(this::await);
        }
    }

    private void await(TopicPartition partition, KafkaFuture<?> answer) {
        try {
            clients.await(answer, limit, "delete old records of " + partition.topic());
        } catch (TransportException e) {
            boolean nothingThere = e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof OffsetOutOfRangeException;
            if (!nothingThere) {
                throw e;
            }
        }
    }
}
