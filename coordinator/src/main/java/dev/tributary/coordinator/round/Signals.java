package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Passes on what agents say they are doing. Ephemeral: nobody who missed it gets it later. */
public final class Signals {

    private final List<BiConsumer<AgentId, List<Progress>>> listeners = new CopyOnWriteArrayList<>();

    /** Listeners must be quick: they run in the thread that takes messages in. */
    public dev.tributary.coordinator.log.LogFeed.Subscription subscribe(BiConsumer<AgentId, List<Progress>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void emit(AgentId agent, List<Progress> progress) {
        listeners.forEach(listener -> listener.accept(agent, progress));
    }
}
