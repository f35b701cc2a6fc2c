package dev.tributary.coordinator.job;

import dev.tributary.coordinator.log.OutboxEntry;
import java.util.List;

/**
 * What a command leads to.
 *
 * @param events to append, oldest first
 * @param outbox messages to store with them
 * @param next the state after the events
 */
public record Decision(List<JobEvent> events, List<OutboxEntry> outbox, JobState next) {
    public Decision {
        events = List.copyOf(events);
        outbox = List.copyOf(outbox);
    }

    public boolean isEmpty() {
        return events.isEmpty() && outbox.isEmpty();
    }
}
