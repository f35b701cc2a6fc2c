package dev.tributary.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of RFC 5869, appendices A.1 to A.3. */
class HkdfTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @CsvSource({
        "000102030405060708090a0b0c, f0f1f2f3f4f5f6f7f8f9,"
                + "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        "'', '', 8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    })
    void matchesTheStandard(String salt, String info, String expected) {
        byte[] secret = HEX.parseHex("0b".repeat(22));
        assertThat(Hkdf.derive(HEX.parseHex(salt), secret, HEX.parseHex(info), 42))
                .isEqualTo(HEX.parseHex(expected));
    }

    @Test
    void matchesTheStandardForLongInputs() {
        assertThat(HEX.formatHex(Hkdf.derive(bytes(0x60), bytes(0x00), bytes(0xb0), 82)))
                .isEqualTo(
                        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
    }

    /** Eighty bytes that count up from {@code first}. */
    private static byte[] bytes(int first) {
        byte[] bytes = new byte[80];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }
}
