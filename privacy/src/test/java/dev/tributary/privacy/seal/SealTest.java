package dev.tributary.privacy.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.privacy.identity.IdentityException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SealTest {

    private static final byte[] INFO = "info".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BOUND = "header".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TEXT = "weights".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(SealSuite.class)
    void onlyTheAddresseeOpensWhatWasSealed(SealSuite suite) {
        OpeningKey key = OpeningKey.generate(suite);
        Seal seal = Seal.seal(key.publicKey(), INFO, BOUND, TEXT);
        assertThat(key.open(seal, INFO, BOUND)).isEqualTo(TEXT);
        assertThat(new String(seal.sealed(), StandardCharsets.ISO_8859_1)).doesNotContain("weights");
        assertThatThrownBy(() -> OpeningKey.generate(suite).open(seal, INFO, BOUND))
                .isInstanceOf(UnopenableException.class);
        assertThatThrownBy(() -> key.open(seal, TEXT, BOUND)).isInstanceOf(UnopenableException.class);
        assertThatThrownBy(() -> key.open(seal, INFO, TEXT)).isInstanceOf(UnopenableException.class);
        byte[] changed = seal.sealed().clone();
        changed[0] ^= 1;
        assertThatThrownBy(() -> key.open(new Seal(suite, seal.encapsulated(), changed), INFO, BOUND))
                .isInstanceOf(UnopenableException.class);
    }

    @Test
    void aSealOfTheWeakerSuiteIsRefusedByAKeyOfTheStronger() {
        OpeningKey strong = OpeningKey.generate(SealSuite.X_WING);
        Seal weak = Seal.seal(OpeningKey.generate(SealSuite.X25519).publicKey(), INFO, BOUND, TEXT);
        assertThatThrownBy(() -> strong.open(weak, INFO, BOUND))
                .isInstanceOf(UnopenableException.class)
                .hasMessageContaining("takes only x-wing");
        Seal relabelled = new Seal(SealSuite.X_WING, weak.encapsulated(), weak.sealed());
        assertThatThrownBy(() -> strong.open(relabelled, INFO, BOUND)).isInstanceOf(UnopenableException.class);
    }

    @ParameterizedTest
    @EnumSource(SealSuite.class)
    void aKeyIsReadAsItWasWritten(SealSuite suite) throws Exception {
        Path file = directory.resolve("seal-key");
        OpeningKey key = OpeningKey.loadOrCreate(file, suite);
        Seal seal = Seal.seal(SealingKey.decode(key.publicKey().encoded()), INFO, BOUND, TEXT);
        assertThat(OpeningKey.load(file).open(seal, INFO, BOUND)).isEqualTo(TEXT);
        assertThat(key.toString()).doesNotContain(Files.readString(file).split(" ")[1]);
        Files.writeString(file, Files.readString(file).replaceFirst(" ", " 00"));
        assertThatThrownBy(() -> OpeningKey.load(file)).isInstanceOf(IdentityException.class);
    }

    /** RFC 7748, section 5.2, first vector. */
    @Test
    void x25519GivesTheRfcsFigures() {
        HexFormat hex = HexFormat.of();
        byte[] out = new byte[32];
        X25519.scalarMult(
                hex.parseHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                0,
                hex.parseHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
                0,
                out,
                0);
        assertThat(hex.formatHex(out)).isEqualTo("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    }

    /** RFC 7748, section 6.1. */
    @Test
    void x25519AgreesOnTheRfcsSecret() {
        HexFormat hex = HexFormat.of();
        byte[] alice = hex.parseHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        byte[] bob = hex.parseHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] alicePublic = new byte[32];
        byte[] bobPublic = new byte[32];
        X25519.scalarMultBase(alice, 0, alicePublic, 0);
        X25519.scalarMultBase(bob, 0, bobPublic, 0);
        assertThat(hex.formatHex(alicePublic))
                .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        assertThat(hex.formatHex(bobPublic))
                .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        byte[] shared = new byte[32];
        X25519.scalarMult(alice, 0, bobPublic, 0, shared, 0);
        assertThat(hex.formatHex(shared)).isEqualTo("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    /** McGrew and Viega, The Galois/Counter Mode of Operation, test case 16. */
    @Test
    void aesGcmGivesItsAuthorsFigures() throws Exception {
        HexFormat hex = HexFormat.of();
        Cipher cipher = AesGcm.cipher();
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(
                        hex.parseHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), "AES"),
                new GCMParameterSpec(AesGcm.TAG_BITS, hex.parseHex("cafebabefacedbaddecaf888")));
        cipher.updateAAD(hex.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        byte[] text = hex.parseHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        assertThat(hex.formatHex(cipher.doFinal(text)))
                .isEqualTo("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    }

    @Test
    void aesStaysWithTheJavaRuntimeWhicheverProvidersAreRegistered() {
        Security.insertProviderAt(new BouncyCastleProvider(), 1);
        try {
            assertThat(AesGcm.cipher().getProvider().getName()).isEqualTo("SunJCE");
        } finally {
            Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
        }
    }
}
