package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A member that signs nonsense: what it sends reads as a message or is refused with a reason, and nothing else happens. */
class MessageFuzzTest {

    private static final String SENDER = Samples.AGENT.value();
    private static final byte[] PREFIX = "tributary/1\0".getBytes(StandardCharsets.US_ASCII);

    private final SigningIdentity identity = SigningIdentity.ephemeral();
    private final ProtobufMessageCodec sender =
            new ProtobufMessageCodec(Samples.FEDERATION, SENDER, identity, PinnedKeys.inMemory());
    private final ProtobufMessageCodec receiver = new ProtobufMessageCodec(
            Samples.FEDERATION, Envelope.COORDINATOR, SigningIdentity.ephemeral(), PinnedKeys.inMemory());

    static Iterable<String> kinds() {
        return Samples.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void signedNonsenseIsReadOrRefusedWithAReason(String kind) throws Exception {
        byte[] signed = sender.seal(Samples.envelope(SENDER, Envelope.COORDINATOR, Samples.get(kind)));
        byte[] body = Wire.Signed.parseFrom(signed).getBody().toByteArray();
        Random random = new Random(kind.hashCode());
        int refused = 0;
        for (int i = 0; i < 250; i++) {
            byte[] nonsense = mutated(body, random);
            try {
                assertThat(receiver.open(SENDER, signed(nonsense)).from()).isEqualTo(SENDER);
            } catch (RejectedMessageException e) {
                assertThat(e.reason()).isIn("malformed", "version", "federation", "sender", "recipient");
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(kind + ", mutation " + i + ": " + Arrays.toString(nonsense), e);
            }
        }
        assertThat(refused).as("mutations that hurt").isPositive();
    }

    private byte[] signed(byte[] body) {
        byte[] data = Arrays.copyOf(PREFIX, PREFIX.length + body.length);
        System.arraycopy(body, 0, data, PREFIX.length, body.length);
        return Wire.Signed.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setKeyId(ByteString.copyFrom(identity.keyId()))
                .setSignature(ByteString.copyFrom(identity.sign(data)))
                .build()
                .toByteArray();
    }

    private static byte[] mutated(byte[] body, Random random) {
        byte[] bytes = body.clone();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(10)), (byte) 0xff);
                default ->
                    System.arraycopy(bytes, 0, bytes, at, Math.min(bytes.length - at, random.nextInt(bytes.length)));
            }
        }
        return bytes;
    }
}
