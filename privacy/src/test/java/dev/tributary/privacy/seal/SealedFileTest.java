package dev.tributary.privacy.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFileTest {

    private static final int RECORD = 1 << 20;

    @TempDir
    Path directory;

    private final byte[] key = new byte[32];

    private byte[] seal(byte[] content) throws IOException {
        Path from = Files.write(directory.resolve("plain"), content);
        Path to = directory.resolve("sealed");
        SealedFile.seal(key, from, to);
        return Files.readAllBytes(to);
    }

    private byte[] open(byte[] sealed) throws IOException {
        Path to = directory.resolve("opened");
        SealedFile.open(key, Files.write(directory.resolve("came"), sealed), to);
        return Files.readAllBytes(to);
    }

    private static byte[] content(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, RECORD - 1, RECORD, RECORD + 1, 3 * RECORD})
    void whatWasSealedOpensAgain(int size) throws IOException {
        byte[] sealed = seal(content(size));
        assertThat(sealed).hasSize((int) SealedFile.sealedSize(size));
        assertThat(open(sealed)).isEqualTo(content(size));
    }

    @Test
    void recordsThatAreCutChangedSwappedOrLeftOutDoNotOpen() throws IOException {
        byte[] sealed = seal(content(3 * RECORD));
        int record = RECORD + 16;
        byte[] flipped = sealed.clone();
        flipped[record + 5] ^= 1;
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, 0, swapped, record, record);
        System.arraycopy(sealed, record, swapped, 0, record);
        byte[] longer = Arrays.copyOf(sealed, sealed.length + record);
        for (byte[] wrong : new byte[][] {
            flipped,
            swapped,
            longer,
            Arrays.copyOf(sealed, 2 * record),
            Arrays.copyOf(sealed, 2 * record + 7),
            Arrays.copyOfRange(sealed, record, sealed.length),
            new byte[3]
        }) {
            assertThatThrownBy(() -> open(wrong)).isInstanceOf(UnopenableException.class);
        }
        key[0] = 1;
        assertThatThrownBy(() -> open(sealed)).isInstanceOf(UnopenableException.class);
    }

    @Test
    void keysAreTheSameAfterARestartAndDifferentForEveryContent() {
        Path file = directory.resolve("content.key");
        ContentKey keys = ContentKey.loadOrCreate(file);
        assertThat(ContentKey.loadOrCreate(file).of("ab", 3))
                .isEqualTo(keys.of("ab", 3))
                .hasSize(ContentKey.BYTES);
        assertThat(keys.of("ab", 4)).isNotEqualTo(keys.of("ab", 3));
        assertThat(ContentKey.loadOrCreate(directory.resolve("other.key")).of("ab", 3))
                .isNotEqualTo(keys.of("ab", 3));
    }
}
