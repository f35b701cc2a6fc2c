package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.tributary.plan.Job;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.LogHead;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.wire.Wire;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProtobufMessageCodecTest {
    private static final String AMAZON = Samples.AGENT.value();
    private static final SigningIdentity IDENTITY = SigningIdentity.ephemeral();

    private final ProtobufMessageCodec sender = codec(AMAZON, IDENTITY);
    private final ProtobufMessageCodec receiver = codec(Envelope.COORDINATOR, SigningIdentity.ephemeral());

    static Stream<String> kinds() {
        return Samples.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyMessageSurvivesTheWire(String kind) {
        Envelope sent = toCoordinator(Samples.get(kind));
        assertThat(receiver.open(AMAZON, sender.seal(sent))).isEqualTo(sent);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void goldenBytesOfVersionOneStayReadable(String kind) throws Exception {
        byte[] golden;
        try (InputStream in = getClass().getResourceAsStream("/golden/v1/" + kind + ".bin")) {
            golden = in.readAllBytes();
        }
        assertThat(receiver.open(AMAZON, golden)).isEqualTo(Samples.envelope(AMAZON, "*", Samples.get(kind)));
    }

    /** Fields that came after the golden bytes were recorded. */
    @Test
    void laterTrainingSettingsSurviveTheWire() {
        Job.Training later =
                new Job.Training(1, 0, 16, 2, 1e-3, 5e-3, "adamw", 0, 0, 0, "linear", 0, 0.1, 16, true, "bf16");
        assertThat(JobWire.read(JobWire.write(later))).isEqualTo(later);
    }

    @Test
    void theLogsHeadTravelsWithAVerdict() {
        Message.Verdict verdict =
                new Message.Verdict("p-7", Samples.JOB, 3, true, "", 13, new LogHead(7, "ab".repeat(32)));
        Envelope envelope = toCoordinator(verdict);
        assertThat(receiver.open(AMAZON, sender.seal(envelope))).isEqualTo(envelope);
        assertThat(LogHead.parse(new LogHead(7, "ab".repeat(32)).toString())).isEqualTo(verdict.log());
    }

    @Test
    void samplesCoverEveryKindOfMessage() {
        Set<Class<?>> sampled =
                Samples.all().values().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(sampled).containsExactlyInAnyOrder(Message.class.getPermittedSubclasses());
    }

    @Test
    void equalMessagesHaveEqualBytes() {
        Envelope envelope = toCoordinator(Samples.register());
        assertThat(sender.seal(envelope)).isEqualTo(sender.seal(envelope));
    }

    @Test
    void everyFlippedBitIsRefused() {
        byte[] signed = sender.seal(toCoordinator(Samples.get("cancel")));
        receiver.open(AMAZON, signed); // pins the key
        for (int bit = 0; bit < signed.length * 8; bit++) {
            byte[] flipped = signed.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            if (sameParts(signed, flipped)) {
                continue;
            }
            assertThat(reason(AMAZON, flipped))
                    .as("bit %d", bit)
                    .isIn("malformed", "version", "federation", "sender", "recipient", "signature", "unknown-key");
        }
    }

    @Test
    void truncatedAndRandomBytesAreRefusedWithAReason() {
        byte[] signed = sender.seal(toCoordinator(Samples.register()));
        for (int length = 0; length < signed.length; length += 7) {
            assertThat(reason(AMAZON, Arrays.copyOf(signed, length))).isNotEmpty();
        }
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] junk = new byte[random.nextInt(400)];
            random.nextBytes(junk);
            assertThat(reason(AMAZON, junk)).isNotEmpty();
        }
    }

    @Test
    void oversizeIsRefusedBeforeParsing() {
        assertThat(reason(AMAZON, new byte[ProtobufMessageCodec.MAX_MESSAGE_BYTES + 1]))
                .isEqualTo("oversize");
    }

    @Test
    void oversizeMessageIsNotSealed() {
        Message huge = new Message.Cancel(Samples.JOB, "", "x".repeat(1_000_000), 1);
        assertThatThrownBy(() -> sender.seal(toCoordinator(huge)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cancel");
    }

    @Test
    void anotherVersionIsRefusedWithAClearText() {
        byte[] signed = resign(envelope -> envelope.setVersion(2));
        assertThat(rejection(AMAZON, signed).reason()).isEqualTo("version");
        assertThat(rejection(AMAZON, signed))
                .hasMessageContaining("version 2")
                .hasMessageContaining("install the same release");
    }

    @Test
    void aKindOfALaterReleaseIsRefusedAsVersion() {
        assertThat(reason(AMAZON, resign(Wire.Envelope.Builder::clearMessage))).isEqualTo("version");
    }

    @Test
    void anotherFederationIsRefused() {
        assertThat(reason(AMAZON, resign(envelope -> envelope.setFederation("lake"))))
                .isEqualTo("federation");
    }

    @Test
    void aMessageOnAnotherAgentsChannelIsRefused() {
        byte[] signed = sender.seal(toCoordinator(Samples.register()));
        assertThat(reason("imdb", signed)).isEqualTo("sender");
    }

    @Test
    void aMessageForAnotherRecipientIsRefused() {
        byte[] signed = sender.seal(Samples.envelope(AMAZON, "imdb", Samples.register()));
        assertThat(reason(AMAZON, signed)).isEqualTo("recipient");
    }

    @Test
    void aSecondKeyForTheSameSenderIsRefused() {
        receiver.open(AMAZON, sender.seal(toCoordinator(Samples.register())));
        byte[] impostor = codec(AMAZON, SigningIdentity.ephemeral()).seal(toCoordinator(Samples.register()));
        assertThat(reason(AMAZON, impostor)).isEqualTo("unknown-key");
    }

    @Test
    void aWrongSignatureDoesNotPinItsKey() throws Exception {
        Wire.Signed forged = Wire.Signed.parseFrom(
                        codec(AMAZON, SigningIdentity.ephemeral()).seal(toCoordinator(Samples.register())))
                .toBuilder()
                .setSignature(ByteString.copyFrom(new byte[64]))
                .build();
        assertThat(reason(AMAZON, forged.toByteArray())).isEqualTo("signature");
        Envelope honest = toCoordinator(Samples.register());
        assertThat(receiver.open(AMAZON, sender.seal(honest))).isEqualTo(honest);
    }

    @Test
    void missingPartsAreNamed() {
        byte[] signed = resign(envelope -> envelope.setUpdateReady(Wire.UpdateReady.getDefaultInstance()));
        assertThat(rejection(AMAZON, signed)).hasMessageContaining("update_ready.update is missing");
        assertThat(reason(AMAZON, signed)).isEqualTo("malformed");
    }

    @Test
    void fieldsOfALaterReleaseAreLeftAlone() {
        byte[] signed = resign(envelope -> envelope.setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addVarint(1)
                                .build())
                .build()));
        assertThat(receiver.open(AMAZON, signed).message()).isInstanceOf(Message.Register.class);
    }

    @Test
    void oneCannotSealForAnother() {
        assertThatThrownBy(() -> sender.seal(Samples.envelope("imdb", "coordinator", Samples.register())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void epochsAndSequencesBeyondRangeAreMalformed() {
        List<Map.Entry<String, byte[]>> cases = List.of(
                Map.entry("sequence", resign(envelope -> envelope.setSequence(-1))),
                Map.entry("time", resign(envelope -> envelope.getAtBuilder().setNanos(-1))),
                Map.entry(
                        "agent id",
                        resign(envelope -> envelope.getRegisterBuilder()
                                .getProfileBuilder()
                                .setId("../etc"))));
        cases.forEach(entry -> {
            assertThat(reason(AMAZON, entry.getValue())).isEqualTo("malformed");
            assertThat(rejection(AMAZON, entry.getValue())).hasMessageContaining(entry.getKey());
        });
    }

    private static Envelope toCoordinator(Message message) {
        return Samples.envelope(AMAZON, Envelope.COORDINATOR, message);
    }

    private static ProtobufMessageCodec codec(String self, SigningIdentity identity) {
        return new ProtobufMessageCodec(Samples.FEDERATION, self, identity, PinnedKeys.inMemory());
    }

    private RejectedMessageException rejection(String from, byte[] signed) {
        RejectedMessageException refused =
                catchThrowableOfType(RejectedMessageException.class, () -> receiver.open(from, signed));
        assertThat(refused).isNotNull();
        return refused;
    }

    private String reason(String from, byte[] signed) {
        return rejection(from, signed).reason();
    }

    /** A registration by amazon, changed and then validly signed. */
    private byte[] resign(java.util.function.Consumer<Wire.Envelope.Builder> change) {
        try {
            Wire.Signed signed = Wire.Signed.parseFrom(sender.seal(toCoordinator(Samples.register())));
            Wire.Envelope.Builder envelope = Wire.Envelope.parseFrom(signed.getBody()).toBuilder();
            change.accept(envelope);
            byte[] body = envelope.build().toByteArray();
            byte[] prefix = "tributary/1\0".getBytes(StandardCharsets.US_ASCII);
            byte[] data = Arrays.copyOf(prefix, prefix.length + body.length);
            System.arraycopy(body, 0, data, prefix.length, body.length);
            return signed.toBuilder()
                    .setBody(ByteString.copyFrom(body))
                    .setSignature(ByteString.copyFrom(IDENTITY.sign(data)))
                    .build()
                    .toByteArray();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean sameParts(byte[] one, byte[] other) {
        try {
            Wire.Signed a = Wire.Signed.parseFrom(one);
            Wire.Signed b = Wire.Signed.parseFrom(other);
            return a.getBody().equals(b.getBody())
                    && a.getSignature().equals(b.getSignature())
                    && a.getKeyId().equals(b.getKeyId());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            return false;
        }
    }
}
