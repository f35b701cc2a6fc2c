package dev.tributary.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.enrol.EnrolmentChallenge;
import dev.tributary.protocol.enrol.EnrolmentStart;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What strangers send before they are known, and what a false coordinator would answer. */
class EnrolmentFuzzTest {

    private static final OpeningKey OPENING = OpeningKey.generate(SealSuite.X25519);
    private static final PartyKeys KEYS =
            new PartyKeys(SigningIdentity.ephemeral().publicKey(), OPENING.publicKey());

    @TempDir
    static Path directory;

    static CertificateAuthority authority;

    @BeforeAll
    static void make() {
        authority = CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), "river", Clock.systemUTC());
    }

    @FuzzTest(maxDuration = "2m")
    void aCertificateRequestIsGrantedOrRefused(byte[] request) {
        try {
            authority.certifyAgent("amazon", request, KEYS, Duration.ofDays(7));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("certificate request");
        }
    }

    @FuzzTest(maxDuration = "2m")
    void theStepsOfEnrolmentAreReadOrRefused(byte[] bytes) {
        try {
            EnrolmentStart.read(bytes);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
        try {
            EnrolmentChallenge.read(bytes).answer(OPENING);
        } catch (IllegalArgumentException | UnopenableException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
        try {
            EnrolmentToken.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("token");
        }
    }

    @FuzzTest(maxDuration = "2m")
    void certificatesAreReadOrRefused(byte[] pem) {
        try {
            assertThat(PartyKeys.of(Certificates.read(pem).get(0))).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("certificate");
        }
    }
}
