package dev.tributary.coordinator.log;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import java.time.Instant;

/**
 * A stored outbox message.
 *
 * @param id grows with every row over restarts
 */
public record OutboxRow(long id, AgentId to, Message message, Instant createdAt) {}
