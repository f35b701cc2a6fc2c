package dev.tributary.protocol.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.Seal;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Seals messages to those whose sealing key is known, and asks the same of what they send. Federation, sender and
 * addressee are bound to a seal, so it opens nowhere else. Safe for use by many threads.
 */
public final class MessageSealing {

    private static final byte[] INFO = "tributary/1 message".getBytes(StandardCharsets.US_ASCII);

    private final Supplier<OpeningKey> opening;
    private final Function<String, Optional<SealingKey>> keys;

    /**
     * @param opening this side's key, asked for at the first sealed message
     * @param keys of others, by agent id or {@code coordinator}; empty for whom messages are not sealed
     */
    public MessageSealing(Supplier<OpeningKey> opening, Function<String, Optional<SealingKey>> keys) {
        this.opening = opening;
        this.keys = keys;
    }

    /** Whether messages from and to this party are sealed. */
    public boolean covers(String party) {
        return keys.apply(party).isPresent();
    }

    /** The sealed form of a message's body, if its addressee's key is known. */
    public Optional<byte[]> seal(String federation, String from, String to, byte[] body) {
        return keys.apply(to).map(key -> {
            Seal seal = Seal.seal(key, INFO, bound(federation, from, to), body);
            return Wire.Seal.newBuilder()
                    .setSuite(seal.suite().id())
                    .setEncapsulated(ByteString.copyFrom(seal.encapsulated()))
                    .setSealed(ByteString.copyFrom(seal.sealed()))
                    .build()
                    .toByteArray();
        });
    }

    /** @throws UnopenableException if it was not sealed to this side, for this federation, by this sender's hand */
    public byte[] open(String federation, String from, String to, byte[] sealed) {
        try {
            Wire.Seal wire = Wire.Seal.parseFrom(sealed);
            Seal seal = new Seal(
                    SealSuite.of(wire.getSuite()),
                    wire.getEncapsulated().toByteArray(),
                    wire.getSealed().toByteArray());
            return opening.get().open(seal, INFO, bound(federation, from, to));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new UnopenableException("not a sealed message: " + e.getMessage(), e);
        }
    }

    private static byte[] bound(String federation, String from, String to) {
        return (federation + "\0" + from + "\0" + to).getBytes(StandardCharsets.UTF_8);
    }
}
