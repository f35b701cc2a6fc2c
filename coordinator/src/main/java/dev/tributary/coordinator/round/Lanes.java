package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Tasks of one agent one after the other, of several agents at once; a bounded number of them. For one caller. */
final class Lanes implements AutoCloseable {

    private static final int WAITING = 1000;

    private final Map<AgentId, CompletableFuture<Void>> last = new HashMap<>();
    private final Semaphore room = new Semaphore(WAITING);
    private final ExecutorService pool;

    Lanes(int threads) {
        pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "tributary-check");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts {@code task} when the agent's earlier ones are done; waits while too many are waiting. */
    void run(AgentId agent, Runnable task) throws InterruptedException {
        room.acquire();
        CompletableFuture<Void> before = last.getOrDefault(agent, CompletableFuture.completedFuture(null));
        last.put(
                agent,
                before.handleAsync(
                        (nothing, failure) -> {
                            try {
                                task.run();
                            } finally {
                                room.release();
                            }
                            return null;
                        },
                        pool));
    }

    /** Lets what is under way finish. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
