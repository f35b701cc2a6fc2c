package dev.tributary.agent;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.journal.DirectoryLock;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.trace.Tracing;
import dev.tributary.training.TrainingEngine;
import java.util.Optional;

/**
 * A running agent. It registers, carries out one plan at a time beside its data, and sends every answer exactly once
 * over any number of restarts. Several agents may run in one process and share an engine; each needs a data directory
 * and a transport of its own.
 */
public final class Agent implements AutoCloseable {

    private final AgentRuntime runtime;
    private final DirectoryLock lock;
    private boolean closed;

    private Agent(AgentRuntime runtime, DirectoryLock lock) {
        this.runtime = runtime;
        this.lock = lock;
    }

    /**
     * Reads models and datasets, then starts; returns before the registration reached the coordinator.
     *
     * @param transport becomes the agent's and is closed with it, also if the start fails
     * @param engine stays the caller's
     * @throws dev.tributary.agent.config.AgentConfigException if a model or dataset cannot be used, all problems at once
     * @throws IllegalStateException if another agent uses the data directory, or a file in it is damaged
     */
    public static Agent start(AgentConfig config, AgentTransport transport, TrainingEngine engine) {
        return start(config, transport, engine, Tracing.ofProcess("tributary-agent"));
    }

    /** As above, with its spans elsewhere than the environment says. */
    public static Agent start(AgentConfig config, AgentTransport transport, TrainingEngine engine, Tracing tracing) {
        return start(config, transport, engine, Seams.none(tracing));
    }

    static Agent start(AgentConfig config, AgentTransport transport, TrainingEngine engine, Seams seams) {
        DirectoryLock lock = null;
        boolean started = false;
        try {
            lock = DirectoryLock.acquire(config.dataDir());
            AgentRuntime runtime = AgentAssembly.assemble(config, transport, engine, seams);
            runtime.start();
            started = true;
            return new Agent(runtime, lock);
        } finally {
            if (!started) {
                transport.close();
                if (lock != null) {
                    lock.close();
                }
            }
        }
    }

    public AgentId id() {
        return runtime.id();
    }

    /** What the agent tells of itself. */
    public AgentProfile profile() {
        return runtime.profile();
    }

    /** Whether it still serves; false after {@link #close()}, or if it failed in a way it could not survive. */
    public boolean isRunning() {
        return runtime.isRunning();
    }

    /** What the agent ended from, if it did not end by {@link #close()}. */
    public Optional<Throwable> failure() {
        return runtime.failure();
    }

    /** Returns when the agent no longer runs. */
    public void awaitEnd() throws InterruptedException {
        runtime.awaitEnd();
    }

    /** Stops within seconds, in the midst of a training too: its plan is carried out again at the next start. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            runtime.close();
        } finally {
            lock.close();
        }
    }
}
