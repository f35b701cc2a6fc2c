package dev.tributary.coordinator.audit;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every half minute whether a checkpoint is due. Its thread is never interrupted, as it uses the database. */
final class CheckpointTimer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointTimer.class);
    private static final long SECONDS = 30;

    private final Checkpoints checkpoints;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-checkpoints");
        thread.setDaemon(true);
        return thread;
    });

    CheckpointTimer(Checkpoints checkpoints) {
        this.checkpoints = checkpoints;
        timer.scheduleWithFixedDelay(() -> quietly(checkpoints::makeIfDue), SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private static void quietly(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("the log's checkpoint was not made, trying again later: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        quietly(checkpoints::make);
    }
}
