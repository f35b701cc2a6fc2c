package dev.tributary.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProtocolVersionsTest {

    @Test
    void twoSidesUseTheNewestThatBothSpeak() {
        ProtocolVersions old = new ProtocolVersions(1, 2);
        assertThat(old.common(new ProtocolVersions(2, 5))).hasValue(2);
        assertThat(new ProtocolVersions(2, 5).common(old)).hasValue(2);
        assertThat(old.common(new ProtocolVersions(3, 4))).isEmpty();
        assertThat(old.common(new ProtocolVersions(1, 1))).hasValue(1);
    }

    @Test
    void aRangeThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new ProtocolVersions(0, 1)).hasMessageContaining("were 0 to 1");
        assertThatThrownBy(() -> new ProtocolVersions(3, 2)).hasMessageContaining("were 3 to 2");
    }
}
