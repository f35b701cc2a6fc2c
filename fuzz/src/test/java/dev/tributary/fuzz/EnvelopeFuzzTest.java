package dev.tributary.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.chunk.BlobAssembler;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.seal.MessageSealing;
import dev.tributary.protocol.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** What comes over the wire: it reads as a message or is refused with a reason, and a manifest harms nobody. */
class EnvelopeFuzzTest {

    private static final String FEDERATION = "river";
    private static final String SENDER = "amazon";
    private static final byte[] PREFIX = "tributary/1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEALED_PREFIX = "tributary/1 sealed\0".getBytes(StandardCharsets.US_ASCII);
    private static final SigningIdentity MEMBER = SigningIdentity.ephemeral();
    private static final OpeningKey OPENING = OpeningKey.generate(SealSuite.X25519);

    @TempDir
    static Path directory;

    private final ProtobufMessageCodec receiver = new ProtobufMessageCodec(
            FEDERATION,
            Envelope.COORDINATOR,
            SigningIdentity.ephemeral(),
            PinnedKeys.inMemory(),
            new MessageSealing(() -> OPENING, party -> Optional.empty()));

    @FuzzTest(maxDuration = "2m")
    void aRecordIsReadOrRefused(byte[] bytes) {
        open(bytes);
    }

    /** As a member that signs whatever it likes. */
    @FuzzTest(maxDuration = "2m")
    void aSignedBodyIsReadOrRefused(byte[] body) {
        Optional<Envelope> envelope =
                open(signed(PREFIX, body, Wire.Signed.newBuilder().setBody(ByteString.copyFrom(body))));
        if (envelope.isPresent() && envelope.get().message() instanceof Message.BlobManifest manifest) {
            FileBlobStore store = new FileBlobStore(directory);
            AssemblyLimits limits = new AssemblyLimits(1 << 20, 2, Duration.ofHours(1));
            try (BlobAssembler assembler =
                    new BlobAssembler(SENDER, store, limits, System::nanoTime, (owner, why) -> {})) {
                assembler.manifest(manifest);
            }
        }
    }

    @FuzzTest(maxDuration = "2m")
    void aSignedSealIsOpenedOrRefused(byte[] sealed) {
        open(signed(SEALED_PREFIX, sealed, Wire.Signed.newBuilder().setSealed(ByteString.copyFrom(sealed))));
    }

    private Optional<Envelope> open(byte[] signed) {
        try {
            Envelope envelope = receiver.open(SENDER, signed);
            assertThat(envelope.from()).isEqualTo(SENDER);
            return Optional.of(envelope);
        } catch (RejectedMessageException e) {
            assertThat(e.reason()).isNotEmpty();
            return Optional.empty();
        }
    }

    private static byte[] signed(byte[] prefix, byte[] content, Wire.Signed.Builder record) {
        byte[] data = Arrays.copyOf(prefix, prefix.length + content.length);
        System.arraycopy(content, 0, data, prefix.length, content.length);
        return record.setKeyId(ByteString.copyFrom(MEMBER.keyId()))
                .setSignature(ByteString.copyFrom(MEMBER.sign(data)))
                .build()
                .toByteArray();
    }
}
