package dev.tributary.coordinator.config;

import dev.tributary.coordinator.round.RoundEngine;
import org.springframework.context.SmartLifecycle;

/** Starts the engine when all beans stand and stops it before any of them goes. */
final class EngineLifecycle implements SmartLifecycle {

    private final RoundEngine engine;
    private volatile boolean running;

    EngineLifecycle(RoundEngine engine) {
        this.engine = engine;
    }

    @Override
    public void start() {
        engine.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        engine.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
