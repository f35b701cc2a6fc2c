package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A verified message from an agent.
 *
 * @param message null where the bytes were refused: only the position counts
 */
record Incoming(AgentId from, @Nullable Message message, long resumeFrom, long wireBytes) {}
