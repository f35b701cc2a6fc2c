package dev.tributary.privacy.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The published figures of what seals are made of: keys, encapsulation, key schedule and exports. */
class HpkeVectorsTest {

    private static final HexFormat HEX = HexFormat.of();

    /** Base mode, the only one used here, by every suite of RFC 9180, appendix A. */
    @ParameterizedTest
    @CsvFileSource(resources = "/golden/hpke/rfc9180-base.csv")
    void aContextOfBaseModeGivesTheRfcsFigures(
            short kem,
            short kdf,
            int aead,
            String info,
            String ikm,
            String publicKey,
            String encapsulated,
            String ciphertext,
            String exportOfNothing,
            String exportOfZero,
            String exportOfText)
            throws Exception {
        HPKE hpke = new HPKE(HPKE.mode_base, kem, kdf, (short) aead);
        AsymmetricCipherKeyPair pair = hpke.deriveKeyPair(HEX.parseHex(ikm));
        assertThat(HEX.formatHex(hpke.serializePublicKey(pair.getPublic()))).isEqualTo(publicKey);
        HPKEContext context = hpke.setupBaseR(HEX.parseHex(encapsulated), pair, HEX.parseHex(info));
        assertThat(HEX.formatHex(context.export(new byte[0], 32))).isEqualTo(exportOfNothing);
        assertThat(HEX.formatHex(context.export(new byte[1], 32))).isEqualTo(exportOfZero);
        assertThat(HEX.formatHex(context.export(HEX.parseHex("54657374436f6e74657874"), 32)))
                .isEqualTo(exportOfText);
        if (ciphertext != null) {
            assertThat(HEX.formatHex(context.open(HEX.parseHex("436f756e742d30"), HEX.parseHex(ciphertext))))
                    .isEqualTo("4265617574792069732074727574682c20747275746820626561757479");
        }
    }

    /** The hybrid is a draft: a library that follows another version of it would open nothing that was sealed before. */
    @ParameterizedTest
    @CsvFileSource(resources = "/golden/hpke/x-wing.csv", maxCharsPerColumn = 5000)
    void xWingGivesTheDraftsFigures(String secret, String publicKey, String ciphertext, String shared) {
        XWingPrivateKeyParameters key = new XWingPrivateKeyParameters(HEX.parseHex(secret));
        assertThat(HEX.formatHex(new XWingKEMExtractor(key).extractSecret(HEX.parseHex(ciphertext))))
                .isEqualTo(shared);
        OpeningKey ours = OpeningKey.of(SealSuite.X_WING, HEX.parseHex(secret), HEX.parseHex(publicKey));
        Seal seal = Seal.seal(ours.publicKey(), new byte[0], new byte[0], new byte[] {7});
        assertThat(ours.open(seal, new byte[0], new byte[0])).containsExactly(7);
    }

    /** RFC 9180, section 7.1.4, and RFC 7748, section 6.1: what all parties would share is no secret. */
    @Test
    void anEncapsulationOfSmallOrderIsRefused() {
        OpeningKey key = OpeningKey.generate(SealSuite.X25519);
        for (String point : new String[] {
            "00".repeat(32),
            "01" + "00".repeat(31),
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
        }) {
            Seal seal = new Seal(SealSuite.X25519, HEX.parseHex(point), new byte[AesGcm.TAG_BYTES]);
            assertThatThrownBy(() -> key.open(seal, new byte[0], new byte[0]))
                    .as(point)
                    .isInstanceOf(UnopenableException.class);
            SealingKey weak = SealingKey.of(SealSuite.X25519, HEX.parseHex(point));
            assertThatThrownBy(() -> Seal.seal(weak, new byte[0], new byte[0], new byte[1]))
                    .as(point)
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(SealSuite.class)
    void bytesOfAnotherLengthAreNoKeyAndNoEncapsulation(SealSuite suite) {
        OpeningKey key = OpeningKey.generate(suite);
        Seal seal = Seal.seal(key.publicKey(), new byte[0], new byte[0], new byte[1]);
        for (int length : new int[] {0, 1, seal.encapsulated().length - 1, seal.encapsulated().length + 1}) {
            Seal other = new Seal(suite, java.util.Arrays.copyOf(seal.encapsulated(), length), seal.sealed());
            assertThatThrownBy(() -> key.open(other, new byte[0], new byte[0])).isInstanceOf(UnopenableException.class);
        }
        byte[] raw = key.publicKey().raw();
        for (int length : new int[] {0, 1, raw.length - 1, raw.length + 1}) {
            assertThatThrownBy(() -> SealingKey.of(suite, java.util.Arrays.copyOf(raw, length)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
