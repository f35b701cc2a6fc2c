package dev.tributary.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.protocol.chain.ChainHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentMessagesTest {

    @TempDir
    Path directory;

    private static byte[] message(int number) {
        return ("message " + number + " " + "x".repeat(number % 7)).getBytes(StandardCharsets.UTF_8);
    }

    private SentMessages after(int messages) {
        SentMessages sent = SentMessages.open(directory);
        for (int i = 1; i <= messages; i++) {
            sent.record(message(i));
            sent.confirm();
        }
        return sent;
    }

    @Test
    void theNewestMessageIsInDoubtAfterAStartAndIsTheSameBytes() {
        after(3);
        SentMessages next = SentMessages.open(directory);

        assertThat(next.head()).isEqualTo(ChainHead.of(3, message(3)));
        assertThat(next.unconfirmed())
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(message(3)));
        next.record(message(4));
        assertThat(SentMessages.open(directory).head()).isEqualTo(ChainHead.of(4, message(4)));
    }

    @Test
    void cutOffAnywhereItEndsWithTheLastWholeMessage() throws IOException {
        after(3);
        byte[] whole = Files.readAllBytes(directory.resolve("sent.log"));
        int last = whole.length - message(3).length - 16;
        for (int length = last; length < whole.length; length++) {
            Files.write(directory.resolve("sent.log"), Arrays.copyOf(whole, length));
            SentMessages cut = SentMessages.open(directory);
            assertThat(cut.head()).as("cut at " + length).isEqualTo(ChainHead.of(2, message(2)));
            cut.record(message(13));
            assertThat(SentMessages.open(directory).head()).isEqualTo(ChainHead.of(3, message(13)));
        }
    }

    @Test
    void theFileStaysShort() throws IOException {
        SentMessages sent = SentMessages.open(directory);
        byte[] large = new byte[100_000];
        for (int i = 0; i < 10; i++) {
            large[0] = (byte) i;
            sent.record(large);
        }

        assertThat(Files.size(directory.resolve("sent.log"))).isLessThan(300_000);
        assertThat(SentMessages.open(directory).head()).isEqualTo(ChainHead.of(10, large));
    }

    @Test
    void theFileOfAnEarlierReleaseIsGoneOnWith() throws IOException {
        byte[] content = ByteBuffer.allocate(8 + message(7).length)
                .putLong(7)
                .put(message(7))
                .array();
        Files.write(directory.resolve("sent.bin"), content);
        SentMessages sent = SentMessages.open(directory);

        assertThat(sent.head()).isEqualTo(ChainHead.of(7, message(7)));
        assertThat(sent.unconfirmed()).isPresent();
        sent.record(message(8));
        assertThat(SentMessages.open(directory).head()).isEqualTo(ChainHead.of(8, message(8)));
    }

    @Test
    void damageBeforeTheLastMessageIsToldAndNotTakenForACrash() throws IOException {
        after(4);
        Path file = directory.resolve("sent.log");
        byte[] whole = Files.readAllBytes(file);
        int third = 2 * 16 + message(1).length + message(2).length;
        int last = third + 16 + message(3).length;
        for (int at = third; at < last; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            assertThatThrownBy(() -> SentMessages.open(directory))
                    .as("byte " + at)
                    .hasMessageContaining("sent.log is damaged");
        }
    }

    @Test
    void aDamagedFileIsTold() throws IOException {
        Files.write(directory.resolve("sent.log"), new byte[40]);

        assertThatThrownBy(() -> SentMessages.open(directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sent.log is damaged");
    }
}
