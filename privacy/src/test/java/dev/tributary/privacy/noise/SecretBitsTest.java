package dev.tributary.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SecretBitsTest {
    @Test
    void streamIsAesInCounterModeUnderTheDerivedKey() throws Exception {
        byte[] key = Hkdf.derive(
                "tributary noise v1".getBytes(StandardCharsets.US_ASCII),
                seed(7),
                "job/3/noise".getBytes(StandardCharsets.UTF_8),
                32);
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        byte[] counters = new byte[64];
        for (int i = 0; i < 4; i++) {
            counters[16 * i + 15] = (byte) i;
        }
        long[] expected = new long[8];
        ByteBuffer.wrap(aes.doFinal(counters))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(expected);

        long[] words = new long[8];
        new SecretBits(seed(7), "job/3/noise").fill(words, 0, 8);
        assertThat(words).isEqualTo(expected);
    }

    @Test
    void streamDoesNotDependOnHowItIsRead() {
        long[] whole = new long[20_000];
        new SecretBits(seed(1), "a").fill(whole, 0, whole.length);
        SecretBits bits = new SecretBits(seed(1), "a");
        long[] pieces = new long[whole.length];
        pieces[0] = bits.next();
        bits.fill(pieces, 1, 9_000);
        bits.fill(pieces, 9_000, pieces.length);
        assertThat(pieces).isEqualTo(whole);
    }

    @Test
    void purposesAndSeedsSeparateStreams() {
        assertThat(new SecretBits(seed(1), "round 1").next()).isNotEqualTo(new SecretBits(seed(1), "round 2").next());
        assertThat(new SecretBits(seed(1), "round 1").next()).isNotEqualTo(new SecretBits(seed(2), "round 1").next());
    }

    @Test
    void everyFreshStreamIsAnother() {
        try (SecretBits first = SecretBits.fresh("same");
                SecretBits second = SecretBits.fresh("same")) {
            assertThat(first.next()).isNotEqualTo(second.next());
        }
    }

    @Test
    void seedIsWipedAtOnce() {
        byte[] seed = seed(5);
        new SecretBits(seed, "a").close();
        assertThat(seed).containsOnly(0);
    }

    @Test
    void closedStreamGivesNothing() {
        SecretBits bits = SecretBits.fresh("a");
        bits.close();
        assertThatThrownBy(bits::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    static byte[] seed(int value) {
        byte[] seed = new byte[32];
        seed[0] = (byte) value;
        return seed;
    }
}
