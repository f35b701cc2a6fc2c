package dev.tributary.coordinator.job;

/**
 * Why an update is not acceptable.
 *
 * @param reason short code in lower-case words
 * @param message for people: what was found and what was expected
 */
public record Flaw(String reason, String message) {}
