package dev.tributary.protocol.enrol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.wire.Wire;

/** Agent to coordinator: by this token I want to join, and this key is mine. */
public record EnrolmentStart(String tokenId, SealingKey key) {

    public byte[] bytes() {
        return Wire.EnrolmentStart.newBuilder()
                .setTokenId(tokenId)
                .setSealingKey(ByteString.copyFrom(key.encoded()))
                .build()
                .toByteArray();
    }

    /** @throws IllegalArgumentException if the bytes are none */
    public static EnrolmentStart read(byte[] bytes) {
        try {
            Wire.EnrolmentStart wire = Wire.EnrolmentStart.parseFrom(bytes);
            return new EnrolmentStart(
                    wire.getTokenId(), SealingKey.decode(wire.getSealingKey().toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not the start of an enrolment: " + e.getMessage(), e);
        }
    }
}
