package dev.tributary.coordinator.enrolment;

import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.seal.SealingKey;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An agent that was enrolled.
 *
 * @param signingKey hex
 * @param sealingKey hex, as {@link SealingKey#encoded} gives it
 * @param serial of the newest certificate, hex
 * @param revoked null while it is a member
 */
public record Member(
        String agent,
        String signingKey,
        String sealingKey,
        String serial,
        Instant enrolled,
        Instant expires,
        @Nullable Instant revoked) {

    public boolean isActive() {
        return revoked == null;
    }

    PartyKeys keys() {
        HexFormat hex = HexFormat.of();
        return new PartyKeys(VerifyingKey.ofRaw(hex.parseHex(signingKey)), SealingKey.decode(hex.parseHex(sealingKey)));
    }
}
