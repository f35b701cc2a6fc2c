package dev.tributary.privacy.ledger;

import static dev.tributary.privacy.ledger.PrivacyLedgerTest.CLOCK;
import static dev.tributary.privacy.ledger.PrivacyLedgerTest.SCOPE;
import static dev.tributary.privacy.ledger.PrivacyLedgerTest.grant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.Relation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the ledger after every byte it ever wrote, and damages every byte of it. */
class LedgerCrashTest {
    /** What had been acknowledged when the file had this length: charges not released, and those committed. */
    private record Acknowledged(long length, int counted, int committed) {}

    @TempDir
    Path folder;

    private final List<Acknowledged> history = new ArrayList<>();
    private byte[] whole = {};

    @BeforeEach
    void writeALedger() throws IOException {
        Path path = folder.resolve("whole.log");
        try (PrivacyLedger ledger = PrivacyLedger.open(path, SCOPE, CLOCK)) {
            acknowledge(path, 0, 0);
            long first = grant(ledger, charge("a", 1));
            acknowledge(path, 1, 0);
            ledger.commit(first);
            acknowledge(path, 1, 1);
            long second = grant(ledger, charge("a", 2));
            acknowledge(path, 2, 1);
            long third = grant(ledger, charge("b", 1));
            acknowledge(path, 3, 1);
            ledger.release(second);
            acknowledge(path, 2, 1);
            ledger.commit(third);
            acknowledge(path, 2, 2);
            grant(ledger, charge("b", 2));
            acknowledge(path, 3, 2);
        }
        whole = Files.readAllBytes(path);
    }

    @Test
    void crashAfterAnyByteNeverUndercounts() throws IOException {
        for (int cut = 0; cut <= whole.length; cut++) {
            Path path = folder.resolve("cut.log");
            Files.write(path, Arrays.copyOf(whole, cut));
            Acknowledged last = lastBefore(cut);
            int counted;
            try (PrivacyLedger ledger = PrivacyLedger.open(path, SCOPE, CLOCK)) {
                counted = counted(ledger);
                assertThat(committed(ledger)).as("committed, cut at %d", cut).isGreaterThanOrEqualTo(last.committed());
                // A release that was under way may have reached the disk; it was asked for.
                int least = Math.min(last.counted(), nextAfter(cut).counted());
                assertThat(counted).as("counted, cut at %d", cut).isGreaterThanOrEqualTo(least);
                grant(ledger, charge("c", 1));
            }
            try (PrivacyLedger again = PrivacyLedger.open(path, SCOPE, CLOCK)) {
                assertThat(counted(again)).as("after going on, cut at %d", cut).isEqualTo(counted + 1);
            }
            Files.delete(path);
        }
    }

    @Test
    void everyDamagedByteIsFound() throws IOException {
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Path path = Files.write(folder.resolve("damaged.log"), damaged);
            assertThatThrownBy(() -> PrivacyLedger.open(path, SCOPE, CLOCK))
                    .as("byte %d", at)
                    .isInstanceOf(LedgerCorruptException.class)
                    .hasMessageContaining("damaged.log, line ")
                    .hasMessageContaining("never delete it");
        }
    }

    @Test
    void missingAndReorderedLinesAreFound() throws IOException {
        List<String> lines = new ArrayList<>(Arrays.asList(new String(whole, StandardCharsets.UTF_8).split("\n")));
        for (int i = 0; i < lines.size() - 1; i++) {
            List<String> shorter = new ArrayList<>(lines);
            shorter.remove(i);
            assertCorrupt(shorter);
            List<String> swapped = new ArrayList<>(lines);
            swapped.set(i, lines.get(i + 1));
            swapped.set(i + 1, lines.get(i));
            assertCorrupt(swapped);
        }
    }

    @Test
    void cutTailIsFoundByAWitness() throws IOException {
        LedgerHead head;
        try (PrivacyLedger ledger = PrivacyLedger.open(folder.resolve("whole.log"), SCOPE, CLOCK)) {
            head = ledger.head();
        }
        Path path = Files.write(folder.resolve("cut.log"), Arrays.copyOf(whole, (int)
                history.get(history.size() - 2).length()));
        try (PrivacyLedger ledger = PrivacyLedger.open(path, SCOPE, CLOCK)) {
            assertThat(ledger.continues(head)).isFalse();
        }
    }

    @Test
    void fileThatIsNoLedgerIsRefusedAndKept() throws IOException {
        Path path = Files.writeString(folder.resolve("notes.txt"), "hello\nworld\n");
        assertThatThrownBy(() -> PrivacyLedger.open(path, SCOPE, CLOCK)).isInstanceOf(LedgerCorruptException.class);
        assertThat(path).hasContent("hello\nworld\n");
    }

    private void assertCorrupt(List<String> lines) throws IOException {
        Path path = Files.writeString(folder.resolve("changed.log"), String.join("\n", lines) + "\n");
        assertThatThrownBy(() -> PrivacyLedger.open(path, SCOPE, CLOCK)).isInstanceOf(LedgerCorruptException.class);
    }

    private void acknowledge(Path path, int counted, int committed) throws IOException {
        history.add(new Acknowledged(Files.size(path), counted, committed));
    }

    private Acknowledged lastBefore(int length) {
        Acknowledged last = new Acknowledged(0, 0, 0);
        for (Acknowledged next : history) {
            if (next.length() <= length) {
                last = next;
            }
        }
        return last;
    }

    private Acknowledged nextAfter(int length) {
        return history.stream()
                .filter(next -> next.length() > length)
                .findFirst()
                .orElse(history.get(history.size() - 1));
    }

    private static Charge charge(String job, int round) {
        return new Charge(job, round, "train", List.of(new Gaussian(20, 1, Relation.ADD_REMOVE)));
    }

    private static int counted(PrivacyLedger ledger) {
        return (int) ledger.reservations().stream().filter(Reservation::counts).count();
    }

    private static int committed(PrivacyLedger ledger) {
        return (int) ledger.reservations().stream()
                .filter(reservation -> reservation.state() == Reservation.State.COMMITTED)
                .count();
    }
}
