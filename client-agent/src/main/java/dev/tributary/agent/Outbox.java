package dev.tributary.agent;

import dev.tributary.agent.journal.SentMessages;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.chain.OutboundChain;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, links and signs messages, and sends them one after the other: none is signed while it is in doubt whether the
 * one before arrived.
 */
final class Outbox {

    private final OutboundChain chain;
    private final AgentTransport transport;
    private final SentMessages sent;
    private final Clock clock;
    private @Nullable Message inDoubt;

    Outbox(OutboundChain chain, AgentTransport transport, SentMessages sent, Clock clock) {
        this.chain = chain;
        this.transport = transport;
        this.sent = sent;
        this.clock = clock;
    }

    /** Returns when the broker has it. @throws dev.tributary.protocol.TransportException if it cannot be reached */
    synchronized void send(Message message) {
        Optional<byte[]> unconfirmed = sent.unconfirmed();
        if (unconfirmed.isPresent()) {
            transport.send(unconfirmed.get());
            sent.confirm();
            if (message.equals(inDoubt)) {
                return;
            }
        }
        byte[] signed = chain.seal(sent.head(), clock.instant(), message);
        sent.record(signed);
        inDoubt = message;
        transport.send(signed);
        sent.confirm();
    }
}
