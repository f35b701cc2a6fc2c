package dev.tributary.agent;

import dev.tributary.agent.journal.AgentState;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import java.time.Clock;

/** Puts messages in envelopes, numbers and signs them, and sends them in the order of their numbers. */
final class Outbox {

    private final AgentId agent;
    private final String federation;
    private final MessageCodec codec;
    private final AgentTransport transport;
    private final AgentState state;
    private final Clock clock;

    Outbox(
            AgentId agent,
            String federation,
            MessageCodec codec,
            AgentTransport transport,
            AgentState state,
            Clock clock) {
        this.agent = agent;
        this.federation = federation;
        this.codec = codec;
        this.transport = transport;
        this.state = state;
        this.clock = clock;
    }

    /** Returns when the broker has it. @throws dev.tributary.protocol.TransportException if it cannot be reached */
    synchronized void send(Message message) {
        transport.send(codec.seal(new Envelope(
                federation, agent.value(), Envelope.COORDINATOR, state.nextSequence(), clock.instant(), message)));
    }
}
