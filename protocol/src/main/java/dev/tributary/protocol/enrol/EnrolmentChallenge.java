package dev.tributary.protocol.enrol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.Seal;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.wire.Wire;
import java.nio.charset.StandardCharsets;

/**
 * Coordinator to agent: shows by its answer that you have the key you came with.
 *
 * @param nonce tells this attempt from others
 * @param seal the answer, sealed to that key
 */
public record EnrolmentChallenge(byte[] nonce, Seal seal) {

    private static final byte[] INFO = "tributary/1 enrolment challenge".getBytes(StandardCharsets.US_ASCII);

    /** Seals {@code answer} to {@code key}. */
    public static EnrolmentChallenge of(SealingKey key, byte[] nonce, byte[] answer) {
        return new EnrolmentChallenge(nonce, Seal.seal(key, INFO, nonce, answer));
    }

    /** @throws dev.tributary.privacy.seal.UnopenableException if it was sealed to another key */
    public byte[] answer(OpeningKey key) {
        return key.open(seal, INFO, nonce);
    }

    public byte[] bytes() {
        return Wire.EnrolmentChallenge.newBuilder()
                .setNonce(ByteString.copyFrom(nonce))
                .setSeal(Wire.Seal.newBuilder()
                        .setSuite(seal.suite().id())
                        .setEncapsulated(ByteString.copyFrom(seal.encapsulated()))
                        .setSealed(ByteString.copyFrom(seal.sealed())))
                .build()
                .toByteArray();
    }

    /** @throws IllegalArgumentException if the bytes are none */
    public static EnrolmentChallenge read(byte[] bytes) {
        try {
            Wire.EnrolmentChallenge wire = Wire.EnrolmentChallenge.parseFrom(bytes);
            Seal seal = new Seal(
                    SealSuite.of(wire.getSeal().getSuite()),
                    wire.getSeal().getEncapsulated().toByteArray(),
                    wire.getSeal().getSealed().toByteArray());
            return new EnrolmentChallenge(wire.getNonce().toByteArray(), seal);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an enrolment challenge: " + e.getMessage(), e);
        }
    }
}
