package dev.tributary.privacy.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VerifyingKeyTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] KEY = HEX.parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    private static final byte[] SIGNATURE =
            HEX.parseHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");

    @Test
    void firstVectorOfRfc8032Verifies() {
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[0], SIGNATURE)).isTrue();
        assertThat(VerifyingKey.ofRaw(KEY).verifies(new byte[1], SIGNATURE)).isFalse();
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
