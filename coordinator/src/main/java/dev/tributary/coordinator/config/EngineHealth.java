package dev.tributary.coordinator.config;

import dev.tributary.coordinator.round.Obstacles.Obstacle;
import dev.tributary.coordinator.round.RoundEngine;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Down when jobs are not worked on, because another coordinator took over; out of service while they wait for something. */
@Component
class EngineHealth implements HealthIndicator {

    private final RoundEngine engine;

    EngineHealth(RoundEngine engine) {
        this.engine = engine;
    }

    @Override
    public Health health() {
        if (!engine.isWorking()) {
            return Health.down()
                    .withDetail("reason", "no work on jobs: not started, or another coordinator leads")
                    .build();
        }
        List<Obstacle> obstacles = engine.obstacles().all();
        if (obstacles.isEmpty()) {
            return Health.up().build();
        }
        Health.Builder waiting = Health.outOfService();
        obstacles.forEach(o -> waiting.withDetail(o.kind(), "waiting since " + o.since() + ": " + o.reason()));
        return waiting.build();
    }
}
