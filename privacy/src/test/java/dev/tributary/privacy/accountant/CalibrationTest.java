package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {
    /** Opacus' get_noise_multiplier tests: its search stops within 0.01 of ε, on the private side. */
    @ParameterizedTest
    @CsvSource({"2250, 1.416", "2000, 1.3562"})
    void noiseForATargetMatchesOpacus(long steps, double opacus) {
        PrivacyBudget budget = new PrivacyBudget(8, 1e-5);
        double sigma = Calibration.noiseMultiplier(budget, 0.04, steps);
        assertThat(sigma).isCloseTo(opacus, within(2e-3)).isLessThanOrEqualTo(opacus + 1e-4);
        assertThat(epsilon(sigma, steps)).isBetween(8 - 1e-4, 8.0);
        assertThat(epsilon(sigma * (1 - 1e-5), steps)).isGreaterThan(8);
    }

    @Test
    void lastAffordableStepIsFound() {
        PrivacyBudget budget = new PrivacyBudget(7.33, 1e-5);
        long steps = Calibration.count(
                budget, 1_000_000, count -> count == 0 ? List.of() : List.of(new SubsampledGaussian(1.5, 0.04, count)));
        assertThat(epsilon(1.5, steps)).isLessThanOrEqualTo(7.33);
        assertThat(epsilon(1.5, steps + 1)).isGreaterThan(7.33);
    }

    @Test
    void impossibleTargetIsSaid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Calibration.noiseMultiplier(new PrivacyBudget(1e-9, 1e-12), 1, 1_000_000_000L))
                .withMessageContaining("fewer steps");
    }

    private static double epsilon(double sigma, long steps) {
        return RdpAccountant.epsilon(List.of(new SubsampledGaussian(sigma, 0.04, steps)), 1e-5);
    }
}
