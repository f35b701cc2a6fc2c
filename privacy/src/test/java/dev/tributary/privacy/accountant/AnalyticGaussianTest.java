package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnalyticGaussianTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1e-5, 3.7306316348",
        "1, 1e-6, 4.2246788893",
        "8, 1e-5, 0.6002290722",
        "0.5, 1e-6, 8.0576184807",
    })
    void noiseForATargetIsTheLeastThatGivesIt(double epsilon, double delta, double expected) {
        double sigma = AnalyticGaussian.noiseMultiplier(new PrivacyBudget(epsilon, delta));
        assertThat(sigma).isCloseTo(expected, within(1e-9));
        assertThat(AnalyticGaussian.delta(sigma, epsilon)).isLessThanOrEqualTo(delta);
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-5, 4.3771780957", "1, 1e-6, 4.8865541175", "0.7071067811865476, 1e-5, 6.5729700670"})
    void epsilonIsExact(double sigma, double delta, double expected) {
        assertThat(AnalyticGaussian.epsilon(sigma, delta)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void threeReleasesAreOneOfLessNoise() {
        assertThat(AnalyticGaussian.delta(1, 1)).isCloseTo(0.126936, within(1e-6));
    }

    @Test
    void deltaKeepsItsDigitsWhereBothTermsAreTiny() {
        assertThat(AnalyticGaussian.delta(0.05, 600)).isCloseTo(1.37424806381513e-89, withinPercentage(1e-8));
    }
}
