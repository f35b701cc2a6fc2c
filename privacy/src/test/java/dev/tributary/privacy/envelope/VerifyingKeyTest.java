package dev.tributary.privacy.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyingKeyTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] KEY = HEX.parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    private static final byte[] SIGNATURE =
            HEX.parseHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");

    /** RFC 8032, section 7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"
    })
    void theRfcsSignaturesVerifyForTheirMessagesOnly(String key, String message, String signature) {
        VerifyingKey parsed = VerifyingKey.ofRaw(HEX.parseHex(key));
        assertThat(parsed.verifies(HEX.parseHex(message), HEX.parseHex(signature)))
                .isTrue();
        assertThat(parsed.verifies(HEX.parseHex(message + "00"), HEX.parseHex(signature)))
                .isFalse();
    }

    /** With such a key one signature fits many messages. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void aPointOfSmallOrderIsNoKey(String key) {
        assertThatThrownBy(() -> VerifyingKey.ofRaw(HEX.parseHex(key))).isInstanceOf(IllegalArgumentException.class);
    }

    /** The same points as above written with a number that is not reduced. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            })
    void aPointThatIsNotReducedIsNoKeyAndNoPartOfASignature(String point) {
        assertThatThrownBy(() -> VerifyingKey.ofRaw(HEX.parseHex(point))).isInstanceOf(IllegalArgumentException.class);
        byte[] signature = SIGNATURE.clone();
        System.arraycopy(HEX.parseHex(point), 0, signature, 0, 32);
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[0], signature)).isFalse();
    }

    @Test
    void everyFlippedBitOfASignatureIsNoticed() {
        VerifyingKey key = VerifyingKey.ofRaw(KEY);
        for (int bit = 0; bit < SIGNATURE.length * 8; bit += 3) {
            byte[] flipped = SIGNATURE.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(key.verifies(new byte[0], flipped)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void aSignatureWithAddedGroupOrderIsRefused() {
        BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
        byte[] malleable = SIGNATURE.clone();
        BigInteger s = new BigInteger(1, reversed(SIGNATURE, 32)).add(order);
        byte[] bigEndian = s.toByteArray();
        for (int i = 0; i < 32; i++) {
            malleable[32 + i] = i < bigEndian.length ? bigEndian[bigEndian.length - 1 - i] : 0;
        }
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[0], malleable)).isFalse();
    }

    @Test
    void aSignatureOfAnotherLengthIsSimplyWrong() {
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[0], new byte[0])).isFalse();
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[0], new byte[65])).isFalse();
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> VerifyingKey.ofRaw(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("31");
    }

    private static byte[] reversed(byte[] data, int from) {
        byte[] result = new byte[data.length - from];
        for (int i = 0; i < result.length; i++) {
            result[i] = data[data.length - 1 - i];
        }
        return result;
    }
}
