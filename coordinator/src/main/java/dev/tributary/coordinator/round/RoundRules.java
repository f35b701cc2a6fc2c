package dev.tributary.coordinator.round;

import java.time.Duration;

/**
 * Deployment limits of the running side.
 *
 * @param silence an agent that sent nothing for this long is lost
 * @param stall a plan without any progress for this long is lost, though its agent still answers
 * @param patience longest wait for enough agents, or for the broker, before a job fails
 * @param maxAttempts how often one round is opened before the job fails
 * @param keptStates how many of the newest global states of a job stay stored and fetchable
 * @param normBound largest Frobenius norm of an update's tensors together
 */
public record RoundRules(
        Duration silence, Duration stall, Duration patience, int maxAttempts, double normBound, int keptStates) {

    public static final RoundRules DEFAULT =
            new RoundRules(Duration.ofSeconds(20), Duration.ofMinutes(5), Duration.ofMinutes(10), 3, 1e6, 3);
}
