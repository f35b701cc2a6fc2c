package dev.tributary.coordinator.broker;

import dev.tributary.coordinator.testing.ComposeImages;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** On the Kafka image of docker-compose.yml; skipped where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
class KafkaImageIT extends KafkaTransportContract {

    @Container
    private static final KafkaContainer KAFKA =
            new KafkaContainer(DockerImageName.parse(ComposeImages.startingWith("apache/kafka:")));

    @Override
    String bootstrapServers() {
        return KAFKA.getBootstrapServers();
    }
}
