package dev.tributary.protocol.chain;

import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import java.time.Instant;

/**
 * The sending end of a chain, from one party to another. The same message at the same time after the same head has the
 * same bytes, so that what a crash left in doubt can be sent again.
 */
public record OutboundChain(MessageCodec codec, String federation, String from, String to) {

    /** The message that follows {@code head}, signed; its own head is {@code ChainHead.of(head.sequence() + 1, it)}. */
    public byte[] seal(ChainHead head, Instant at, Message message) {
        return codec.seal(new Envelope(federation, from, to, head.sequence() + 1, head.hash(), at, message));
    }
}
