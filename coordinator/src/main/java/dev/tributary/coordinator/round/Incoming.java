package dev.tributary.coordinator.round;

import dev.tributary.coordinator.log.UplinkMark;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A verified message from an agent.
 *
 * @param message null where the bytes were refused or had before: only the mark counts
 * @param finding in an update, if it was looked into
 * @param mark how far the agent's messages are handled when this one is
 */
record Incoming(
        AgentId from, @Nullable Message message, @Nullable Finding finding, UplinkMark mark, long wireBytes) {}
