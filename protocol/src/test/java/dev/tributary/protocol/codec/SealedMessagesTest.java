package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.seal.MessageSealing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SealedMessagesTest {

    private static final String SITE = "amazon";

    private final SigningIdentity site = SigningIdentity.ephemeral();
    private final OpeningKey siteKey = OpeningKey.generate(SealSuite.X25519);
    private final OpeningKey coordinatorKey = OpeningKey.generate(SealSuite.X25519);

    private static MessageCodec codec(String self, SigningIdentity identity, @Nullable MessageSealing sealing) {
        return new ProtobufMessageCodec("demo", self, identity, PinnedKeys.inMemory(), sealing);
    }

    private static MessageSealing sealing(OpeningKey own, Map<String, SealingKey> others) {
        return new MessageSealing(() -> own, party -> Optional.ofNullable(others.get(party)));
    }

    private MessageCodec coordinator() {
        return codec(
                Envelope.COORDINATOR,
                SigningIdentity.ephemeral(),
                sealing(coordinatorKey, Map.of(SITE, siteKey.publicKey())));
    }

    private MessageCodec sealingSite() {
        return codec(SITE, site, sealing(siteKey, Map.of(Envelope.COORDINATOR, coordinatorKey.publicKey())));
    }

    private static Envelope heartbeat() {
        return new Envelope(
                "demo",
                SITE,
                Envelope.COORDINATOR,
                1,
                "",
                Instant.EPOCH,
                new Message.Heartbeat(new AgentId(SITE), List.of()));
    }

    private static String reason(MessageCodec by, byte[] signed) {
        RejectedMessageException refused =
                catchThrowableOfType(RejectedMessageException.class, () -> by.open(SITE, signed));
        return refused == null ? "none" : refused.reason();
    }

    @Test
    void whatWasSealedReadsAsItWasWrittenAndTheWireShowsNothingOfIt() {
        byte[] signed = sealingSite().seal(heartbeat());
        assertThat(new String(signed, StandardCharsets.ISO_8859_1)).doesNotContain(SITE, "demo");
        assertThat(coordinator().open(SITE, signed)).isEqualTo(heartbeat());
    }

    @Test
    void anEnrolledPartysMessageThatEverybodyCanReadIsRefused() {
        assertThat(reason(coordinator(), codec(SITE, site, null).seal(heartbeat())))
                .isEqualTo("unsealed");
    }

    @Test
    void everyChangedByteOfASealedMessageIsRefused() {
        byte[] signed = sealingSite().seal(heartbeat());
        for (int i = 0; i < signed.length; i++) {
            byte[] changed = signed.clone();
            changed[i] ^= 1;
            assertThat(reason(coordinator(), changed)).as("byte " + i).isNotEqualTo("none");
        }
    }

    @Test
    void aMessageForAnotherSideOrFederationDoesNotOpen() {
        byte[] signed = sealingSite().seal(heartbeat());
        MessageCodec other = codec(
                Envelope.COORDINATOR,
                SigningIdentity.ephemeral(),
                sealing(OpeningKey.generate(SealSuite.X25519), Map.of(SITE, siteKey.publicKey())));
        assertThat(reason(other, signed)).isEqualTo("unopenable");
        MessageCodec elsewhere = new ProtobufMessageCodec(
                "river",
                Envelope.COORDINATOR,
                SigningIdentity.ephemeral(),
                PinnedKeys.inMemory(),
                sealing(coordinatorKey, Map.of(SITE, siteKey.publicKey())));
        assertThat(reason(elsewhere, signed)).isEqualTo("unopenable");
        assertThat(reason(codec(Envelope.COORDINATOR, SigningIdentity.ephemeral(), null), signed))
                .isEqualTo("unopenable");
    }

    @Test
    void aBlobsKeyGoesInSealedMessagesOnly() {
        BlobRef blob = new BlobRef("a".repeat(64), 5);
        ContentSeal seal = new ContentSeal(blob, new BlobRef("b".repeat(64), 21), "c".repeat(64));
        Envelope manifest = new Envelope(
                "demo",
                SITE,
                Envelope.COORDINATOR,
                1,
                "",
                Instant.EPOCH,
                new Message.BlobManifest(seal.sealed(), 1, 21, seal));
        assertThat(coordinator().open(SITE, sealingSite().seal(manifest))).isEqualTo(manifest);
        assertThatThrownBy(() -> codec(SITE, site, null).seal(manifest))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be sealed");
        assertThat(seal.toString()).doesNotContain("ccc");
    }
}
