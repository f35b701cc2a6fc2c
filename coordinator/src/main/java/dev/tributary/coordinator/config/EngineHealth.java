package dev.tributary.coordinator.config;

import dev.tributary.coordinator.round.RoundEngine;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Down when jobs are not worked on, because another coordinator took over. */
@Component
class EngineHealth implements HealthIndicator {

    private final RoundEngine engine;

    EngineHealth(RoundEngine engine) {
        this.engine = engine;
    }

    @Override
    public Health health() {
        return engine.isWorking()
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "no work on jobs: not started, or another coordinator leads")
                        .build();
    }
}
