package dev.tributary.protocol.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.envelope.Signer;
import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code Signed{body, signature, key_id}} around a Protobuf envelope. The signature is over the prefix {@code
 * tributary/1} and a zero byte, then the body as sent. Nothing of the body is believed before the signature holds.
 *
 * <p>Reasons of refusal, in the order of the checks: {@code oversize, malformed, version, federation, sender,
 * recipient, unknown-key, signature}. Safe for use by many threads.
 */
public final class ProtobufMessageCodec implements MessageCodec {

    /** Longest signed message in bytes; with its headers it fits Kafka's default limit of 1 MiB a record. */
    public static final int MAX_MESSAGE_BYTES = 960_000;

    /** Addressee of messages meant for everybody. */
    public static final String EVERYBODY = "*";

    private static final byte[] PREFIX = "tributary/1\0".getBytes(StandardCharsets.US_ASCII);

    private final String federation;
    private final String self;
    private final Signer signer;
    private final KeyRing keys;

    /**
     * @param self own name in {@code from} and {@code to}: the agent id, or {@link Envelope#COORDINATOR}
     * @param keys which keys may sign for others
     */
    public ProtobufMessageCodec(String federation, String self, Signer signer, KeyRing keys) {
        this.federation = federation;
        this.self = self;
        this.signer = signer;
        this.keys = keys;
    }

    @Override
    public byte[] seal(Envelope envelope) {
        if (!envelope.from().equals(self) || !envelope.federation().equals(federation)) {
            throw new IllegalArgumentException("this is " + self + " of " + federation + " and cannot sign for "
                    + envelope.from() + " of " + envelope.federation());
        }
        byte[] body = bytes(EnvelopeWire.write(envelope));
        byte[] signed = bytes(Wire.Signed.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setSignature(ByteString.copyFrom(signer.sign(prefixed(body))))
                .setKeyId(ByteString.copyFrom(signer.keyId()))
                .build());
        if (signed.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(envelope.message().getClass().getSimpleName() + " message of "
                    + signed.length + " bytes is longer than the limit of " + MAX_MESSAGE_BYTES);
        }
        return signed;
    }

    @Override
    public Envelope open(String expectedFrom, byte[] signed) {
        if (signed.length > MAX_MESSAGE_BYTES) {
            throw new RejectedMessageException(
                    "oversize",
                    "message of " + signed.length + " bytes from " + expectedFrom + " is longer than the limit of "
                            + MAX_MESSAGE_BYTES);
        }
        Wire.Signed outer;
        Wire.Envelope body;
        try {
            outer = Wire.Signed.parseFrom(signed);
            body = Wire.Envelope.parseFrom(outer.getBody());
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedMessageException(
                    "malformed", "message from " + expectedFrom + " is not a signed envelope: " + e.getMessage());
        }
        checkAddress(expectedFrom, body);
        checkSignature(expectedFrom, outer);
        try {
            return EnvelopeWire.read(body);
        } catch (IllegalArgumentException e) {
            throw new RejectedMessageException(
                    "malformed", "message " + body.getSequence() + " from " + expectedFrom + ": " + e.getMessage());
        }
    }

    private void checkAddress(String expectedFrom, Wire.Envelope body) {
        if (body.getVersion() != EnvelopeWire.VERSION) {
            throw new RejectedMessageException(
                    "version",
                    expectedFrom + " speaks envelope version " + body.getVersion() + ", this software version "
                            + EnvelopeWire.VERSION + "; install the same release on both sides");
        }
        if (body.getMessageCase() == Wire.Envelope.MessageCase.MESSAGE_NOT_SET) {
            throw new RejectedMessageException(
                    "version",
                    "message " + body.getSequence() + " from " + expectedFrom
                            + " is of a kind this software does not know; install the same release on both sides");
        }
        if (!body.getFederation().equals(federation)) {
            throw new RejectedMessageException(
                    "federation",
                    "message from " + expectedFrom + " is of federation '" + body.getFederation() + "', expected '"
                            + federation + "'");
        }
        if (!body.getFrom().equals(expectedFrom)) {
            throw new RejectedMessageException(
                    "sender",
                    "message on the channel of " + expectedFrom + " claims to be from '" + body.getFrom() + "'");
        }
        if (!body.getTo().equals(self) && !body.getTo().equals(EVERYBODY)) {
            throw new RejectedMessageException(
                    "recipient",
                    "message from " + expectedFrom + " is addressed to '" + body.getTo() + "', this is '" + self + "'");
        }
    }

    private void checkSignature(String from, Wire.Signed outer) {
        byte[] keyId = outer.getKeyId().toByteArray();
        Optional<VerifyingKey> key = keys.find(from, keyId);
        if (key.isEmpty()) {
            throw unknownKey(from);
        }
        byte[] data = prefixed(outer.getBody().toByteArray());
        if (!key.get().verifies(data, outer.getSignature().toByteArray())) {
            throw new RejectedMessageException("signature", "message from " + from + " has a wrong signature");
        }
        if (!keys.confirm(from, keyId)) {
            throw unknownKey(from);
        }
    }

    private static RejectedMessageException unknownKey(String from) {
        return new RejectedMessageException(
                "unknown-key",
                "message from " + from + " is signed by a key that is not known for it; if " + from
                        + " was given a new identity on purpose, unpin its old key");
    }

    private static byte[] prefixed(byte[] body) {
        byte[] data = new byte[PREFIX.length + body.length];
        System.arraycopy(PREFIX, 0, data, 0, PREFIX.length);
        System.arraycopy(body, 0, data, PREFIX.length, body.length);
        return data;
    }

    /** Map entries in key order, so that equal messages have equal bytes. */
    private static byte[] bytes(MessageLite message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.useDeterministicSerialization();
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }
}
