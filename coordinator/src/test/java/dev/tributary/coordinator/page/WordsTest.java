package dev.tributary.coordinator.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.view.RoundView.Traffic;
import org.junit.jupiter.api.Test;

class WordsTest {

    private final Words words = new Words();

    @Test
    void bytesHaveTheUnitThatFits() {
        assertThat(words.bytes(999)).isEqualTo("999 B");
        assertThat(words.bytes(1_440_000)).isEqualTo("1.4 MB");
        assertThat(words.bytes(12_000_000_000L)).isEqualTo("12.0 GB");
    }

    @Test
    void trafficBreaksOnlyBetweenItsFigures() {
        assertThat(words.traffic(new Traffic(1_440_000, 999)).split(" "))
                .containsExactly("↑\u00a01.4\u00a0MB", "↓\u00a0999\u00a0B");
    }

    @Test
    void accuracyIsPerCentAndWhatIsMissingIsADash() {
        assertThat(words.figure("accuracy", 0.9163)).isEqualTo("91.63 %");
        assertThat(words.figure("loss", 0.25)).isEqualTo("0.250");
        assertThat(words.figure("loss", null)).isEqualTo("–");
        assertThat(words.error(3.1e-7)).isEqualTo("3.1e-07");
        assertThat(words.ago(null)).isEqualTo("never");
    }
}
