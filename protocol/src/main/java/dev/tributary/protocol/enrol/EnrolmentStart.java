package dev.tributary.protocol.enrol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.ProtocolVersions;
import dev.tributary.protocol.wire.Wire;

/** Agent to coordinator: by this token I want to join, and this key is mine. */
public record EnrolmentStart(String tokenId, SealingKey key, ProtocolVersions versions) {

    public EnrolmentStart(String tokenId, SealingKey key) {
        this(tokenId, key, ProtocolVersions.OWN);
    }

    public byte[] bytes() {
        return Wire.EnrolmentStart.newBuilder()
                .setTokenId(tokenId)
                .setSealingKey(ByteString.copyFrom(key.encoded()))
                .setLeastVersion(versions.least())
                .setNewestVersion(versions.newest())
                .build()
                .toByteArray();
    }

    /** @throws IllegalArgumentException if the bytes are none */
    public static EnrolmentStart read(byte[] bytes) {
        try {
            Wire.EnrolmentStart wire = Wire.EnrolmentStart.parseFrom(bytes);
            boolean told = wire.getNewestVersion() != 0; // agents of the first releases do not say
            return new EnrolmentStart(
                    wire.getTokenId(),
                    SealingKey.decode(wire.getSealingKey().toByteArray()),
                    told
                            ? new ProtocolVersions(wire.getLeastVersion(), wire.getNewestVersion())
                            : new ProtocolVersions(1, 1));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not the start of an enrolment: " + e.getMessage(), e);
        }
    }
}
