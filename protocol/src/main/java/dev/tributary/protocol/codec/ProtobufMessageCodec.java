package dev.tributary.protocol.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.envelope.Signer;
import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.seal.MessageSealing;
import dev.tributary.protocol.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code Signed{body, signature, key_id}} around a Protobuf envelope. The signature is over the prefix {@code
 * tributary/1} and a zero byte, then the body as sent. Nothing of the body is believed before the signature holds.
 *
 * <p>Reasons of refusal, in the order of the checks: {@code oversize, malformed, version, federation, sender,
 * recipient, unknown-key, signature}; with sealing also {@code unopenable} and {@code unsealed}. Safe for use by many threads.
 */
public final class ProtobufMessageCodec implements MessageCodec {

    /** Longest signed message in bytes; with its headers it fits Kafka's default limit of 1 MiB a record. */
    public static final int MAX_MESSAGE_BYTES = 960_000;

    /** Addressee of messages meant for everybody. */
    public static final String EVERYBODY = "*";

    private static final byte[] SEALED_PREFIX = "tributary/1 sealed\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX = "tributary/1\0".getBytes(StandardCharsets.US_ASCII);

    private final String federation;
    private final String self;
    private final Signer signer;
    private final KeyRing keys;
    private final @Nullable MessageSealing sealing;

    /**
     * @param self own name in {@code from} and {@code to}: the agent id, or {@link Envelope#COORDINATOR}
     * @param keys which keys may sign for others
     */
    public ProtobufMessageCodec(String federation, String self, Signer signer, KeyRing keys) {
        this(federation, self, signer, keys, null);
    }

    /**
     * @param self own name in {@code from} and {@code to}: the agent id, or {@link Envelope#COORDINATOR}
     * @param keys which keys may sign for others
     * @param sealing for whom messages are sealed; null for nobody
     */
    public ProtobufMessageCodec(
            String federation, String self, Signer signer, KeyRing keys, @Nullable MessageSealing sealing) {
        this.sealing = sealing;
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
        Wire.Signed.Builder outer = Wire.Signed.newBuilder().setKeyId(ByteString.copyFrom(signer.keyId()));
        Optional<byte[]> sealed =
                sealing == null ? Optional.empty() : sealing.seal(federation, self, envelope.to(), body);
        if (sealed.isPresent()) {
            outer.setSealed(ByteString.copyFrom(sealed.get()))
                    .setSignature(ByteString.copyFrom(signer.sign(prefixed(SEALED_PREFIX, sealed.get()))));
        } else if (EnvelopeWire.tellsKey(envelope.message())) {
            throw new IllegalStateException(
                    "a message to " + envelope.to() + " that tells a content key must be sealed,"
                            + " and the sealing key of " + envelope.to() + " is not known");
        } else {
            outer.setBody(ByteString.copyFrom(body))
                    .setSignature(ByteString.copyFrom(signer.sign(prefixed(PREFIX, body))));
        }
        byte[] signed = bytes(outer.build());
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
            body = Wire.Envelope.parseFrom(outer.getSealed().isEmpty() ? outer.getBody() : opened(expectedFrom, outer));
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedMessageException(
                    "malformed", "message from " + expectedFrom + " is not a signed envelope: " + e.getMessage());
        }
        checkAddress(expectedFrom, body);
        if (outer.getSealed().isEmpty()) {
            checkSignature(expectedFrom, outer, prefixed(PREFIX, outer.getBody().toByteArray()));
            checkNeedsNoSeal(expectedFrom, body);
        }
        try {
            return EnvelopeWire.read(body);
        } catch (IllegalArgumentException e) {
            throw new RejectedMessageException(
                    "malformed", "message " + body.getSequence() + " from " + expectedFrom + ": " + e.getMessage());
        }
    }

    /** Signature first: nothing is opened that the sender did not sign as it came. */
    private ByteString opened(String from, Wire.Signed outer) {
        byte[] sealed = outer.getSealed().toByteArray();
        if (!outer.getBody().isEmpty()) {
            throw new RejectedMessageException("malformed", "message from " + from + " is sealed and open at once");
        }
        checkSignature(from, outer, prefixed(SEALED_PREFIX, sealed));
        if (sealing == null) {
            throw new RejectedMessageException(
                    "unopenable", "message from " + from + " is sealed, and this side has no sealing key");
        }
        try {
            return ByteString.copyFrom(sealing.open(federation, from, self, sealed));
        } catch (UnopenableException e) {
            throw new RejectedMessageException("unopenable", "message from " + from + ": " + e.getMessage());
        }
    }

    private void checkNeedsNoSeal(String from, Wire.Envelope body) {
        if (sealing != null && sealing.covers(from) && !body.getTo().equals(EVERYBODY)) {
            throw new RejectedMessageException(
                    "unsealed",
                    "message from " + from + " is readable for the broker; messages from it must be sealed");
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

    private void checkSignature(String from, Wire.Signed outer, byte[] data) {
        byte[] keyId = outer.getKeyId().toByteArray();
        Optional<VerifyingKey> key = keys.find(from, keyId);
        if (key.isEmpty()) {
            throw unknownKey(from);
        }
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

    private static byte[] prefixed(byte[] prefix, byte[] body) {
        byte[] data = new byte[prefix.length + body.length];
        System.arraycopy(prefix, 0, data, 0, prefix.length);
        System.arraycopy(body, 0, data, prefix.length, body.length);
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
