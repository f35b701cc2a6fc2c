package dev.tributary.coordinator.log;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;

/** A message to an agent that a decision asks for; it is stored with the events and sent by the relay. */
public record OutboxEntry(AgentId to, Message message) {}
