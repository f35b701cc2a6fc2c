package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.RdpAccountant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyTermsTest {
    private static final Map<String, String> EXAMPLE = Map.of(
            "unit", "example",
            "trust", "local",
            "relation", "add-remove",
            "sampling", "poisson",
            "sampling-rate", "0.04",
            "clipping", "fixed",
            "clip", "1.0",
            "weights", "uniform",
            "epsilon", "8",
            "delta", "1e-5");

    @Test
    void soundTermsHaveNoProblem() {
        assertThat(PrivacyTermsReader.read(EXAMPLE).problems(10_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unit",
                "trust",
                "relation",
                "sampling",
                "sampling-rate",
                "clipping",
                "clip",
                "weights",
                "epsilon",
                "delta"
            })
    void keyLeftOpenIsRefused(String key) {
        Map<String, String> options = new HashMap<>(EXAMPLE);
        options.remove(key);
        assertThatThrownBy(() -> PrivacyTermsReader.read(options))
                .isInstanceOf(InvalidJobException.class)
                .hasMessageContaining("privacy." + key + ": is left open");
    }

    @ParameterizedTest
    @CsvSource({
        "unit, person",
        "trust, nobody",
        "delta, 1",
        "delta, 0",
        "epsilon, -1",
        "epsilon, NaN",
        "clip, Infinity",
        "sampling-rate, 1.5",
        "sampling-rate, x",
        "cohort-hidden, perhaps",
        "noise-multiplier, 0",
        "colour, red",
        "sample, 10"
    })
    void valueOutOfRangeIsRefused(String key, String value) {
        assertThatThrownBy(() -> PrivacyTermsReader.read(with(EXAMPLE, key, value)))
                .isInstanceOf(InvalidJobException.class)
                .hasMessageContaining("privacy." + key + ":");
    }

    @Test
    void allProblemsAreReportedTogether() {
        Map<String, String> options = with(with(EXAMPLE, "unit", "person"), "delta", "2");
        assertThatThrownBy(() -> PrivacyTermsReader.read(options))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.problems()).hasSize(2));
    }

    @ParameterizedTest
    @CsvSource({
        "relation, replace-one, relation",
        "trust, central, trust",
        "weights, examples, weights",
        "weights, bounded, weights",
        "clipping, adaptive, clip",
        "unit, client, sampling",
    })
    void pairsThatDoNotFitAreRefused(String key, String value, String field) {
        List<Problem> problems =
                PrivacyTermsReader.read(with(EXAMPLE, key, value)).problems(10_000);
        assertThat(problems).extracting(Problem::field).contains("privacy." + field);
        assertThat(problems).allSatisfy(problem -> assertThat(problem.fix()).isNotBlank());
    }

    @Test
    void deltaMustBeBelowOneOverTheNumberOfUnits() {
        PrivacyTerms terms = PrivacyTermsReader.read(with(EXAMPLE, "delta", "1e-3"));
        assertThat(terms.problems(999)).isEmpty();
        assertThat(terms.problems(1000))
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .contains("1/N");
        assertThat(terms.deltaIsComfortable(999)).isFalse();
        assertThat(terms.deltaIsComfortable(100)).isTrue();
    }

    @Test
    void fixedSizeNeedsReplaceOneAndAPopulation() {
        Map<String, String> options = with(with(EXAMPLE, "sampling", "fixed-size"), "sample", "64");
        options.remove("sampling-rate");
        assertThat(PrivacyTermsReader.read(options).problems(32))
                .extracting(Problem::field)
                .containsExactlyInAnyOrder("privacy.relation", "privacy.sample");
        assertThat(PrivacyTermsReader.read(with(options, "relation", "replace-one"))
                        .problems(1000))
                .isEmpty();
    }

    @Test
    void hiddenCohortMayBeSampledByTheCoordinator() {
        Map<String, String> options = with(with(EXAMPLE, "unit", "client"), "trust", "central");
        assertThat(PrivacyTermsReader.read(options).problems(100)).isNotEmpty();
        assertThat(PrivacyTermsReader.read(with(options, "cohort-hidden", "true"))
                        .problems(100))
                .isEmpty();
    }

    @Test
    void exchangingAUnitMovesASumTwiceAsFar() {
        Map<String, String> options = with(with(EXAMPLE, "sampling", "full"), "relation", "replace-one");
        options.remove("sampling-rate");
        PrivacyEvent event = PrivacyTermsReader.read(options).event(3, 100, 5);
        assertThat(event).isInstanceOfSatisfying(PrivacyEvent.Gaussian.class, gaussian -> {
            assertThat(gaussian.noiseMultiplier()).isEqualTo(1.5);
            assertThat(gaussian.count()).isEqualTo(5);
        });
    }

    @Test
    void multiplierIsFoundFromTheBudget() {
        PrivacyTerms terms = PrivacyTermsReader.read(EXAMPLE);
        double multiplier = terms.multiplier(10_000, 2250);
        assertThat(RdpAccountant.epsilon(List.of(terms.event(multiplier, 10_000, 2250)), 1e-5))
                .isLessThanOrEqualTo(8)
                .isCloseTo(8, withinPercentage(0.01));
        assertThat(PrivacyTermsReader.read(with(EXAMPLE, "noise-multiplier", "0.9"))
                        .multiplier(1, 1))
                .isEqualTo(0.9);
    }

    private static Map<String, String> with(Map<String, String> options, String key, String value) {
        Map<String, String> changed = new HashMap<>(options);
        changed.put(key, value);
        return changed;
    }
}
