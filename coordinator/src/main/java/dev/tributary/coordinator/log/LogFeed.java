package dev.tributary.coordinator.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells listeners that a stream has new events and that they are applied. Listeners must be quick: they run in the thread that appended. */
public final class LogFeed {

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Runs {@code listener} with the stream's name after every append, until the result is closed. */
    public Subscription subscribe(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    public void appended(String stream) {
        listeners.forEach(listener -> listener.accept(stream));
    }

    /** Ends a subscription. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
