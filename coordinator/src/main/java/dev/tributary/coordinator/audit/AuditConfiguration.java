package dev.tributary.coordinator.audit;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.privacy.identity.SigningIdentity;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Checkpoints, made while the coordinator runs and once more when it stops. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

    @Bean
    Checkpoints checkpoints(JdbcClient jdbc, SigningIdentity identity, Clock clock, EventStore log, LogFeed feed) {
        return new Checkpoints(jdbc, identity, clock, feed);
    }

    @Bean
    CheckpointTimer checkpointTimer(Checkpoints checkpoints) {
        return new CheckpointTimer(checkpoints);
    }
}
