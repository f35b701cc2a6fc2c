package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.privacy.accountant.PrivacyEvent.FixedSizeGaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivacyLossTest {
    @Test
    void bothAccountantsAreShown() {
        PrivacyLoss loss = PrivacyLoss.of(List.of(new SubsampledGaussian(1.5, 0.04, 2250)), 1e-5);
        assertThat(loss.rdpEpsilon()).isCloseTo(7.32911117, within(1e-8));
        assertThat(loss.rdpOrder()).isEqualTo(3.9);
        assertThat(loss.pldEpsilon().orElseThrow()).isCloseTo(6.768787, within(1e-5));
    }

    @Test
    void eventsWithoutALossDistributionHaveOneFigure() {
        PrivacyLoss loss = PrivacyLoss.of(List.of(new FixedSizeGaussian(1, 10, 1000, 1000)), 1e-5);
        assertThat(loss.rdpEpsilon()).isCloseTo(3.576111482, within(1e-8));
        assertThat(loss.pldEpsilon()).isEmpty();
    }
}
