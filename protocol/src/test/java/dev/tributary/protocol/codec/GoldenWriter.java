package dev.tributary.protocol.codec;

import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.wire.Wire;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the samples as this version seals them. Run once when a version is released, with the folder to write to; the
 * files of earlier versions are never written again.
 */
final class GoldenWriter {

    private GoldenWriter() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        String self = Samples.AGENT.value();
        ProtobufMessageCodec codec =
                new ProtobufMessageCodec(Samples.FEDERATION, self, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
        for (var sample : Samples.all().entrySet()) {
            byte[] signed = codec.seal(Samples.envelope(self, "*", sample.getValue()));
            Files.write(folder.resolve(sample.getKey() + ".bin"), signed);
        }
        byte[] description = Wire.getDescriptor().toProto().toByteArray();
        Files.write(folder.resolve("tributary.desc"), description);
    }
}
