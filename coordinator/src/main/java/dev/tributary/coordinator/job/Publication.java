package dev.tributary.coordinator.job;

import dev.tributary.plan.StateRef;
import java.time.Instant;

/** A published global state with the figures of its making. */
public record Publication(
        StateRef state, Instant at, Diagnostics diagnostics, double aggregateSeconds, double publishSeconds) {}
