package dev.tributary.privacy.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
    /** By SciPy's beta.ppf. */
    @ParameterizedTest
    @CsvSource({
        "0, 10, 0, 0.3084971078187607",
        "10, 10, 0.6915028921812392, 1",
        "3, 20, 0.0320709371854637, 0.37892682654531396",
        "50, 100, 0.39832112950330095, 0.601678870496699",
        "1, 1000, 2.531748749129404e-05, 0.005558924279826672",
    })
    void boundsAreClopperAndPearsons(long successes, long trials, double low, double high) {
        Interval interval = Interval.clopperPearson(successes, trials, 0.95);
        assertThat(interval.low()).isCloseTo(low, within(1e-12));
        assertThat(interval.high()).isCloseTo(high, within(1e-12));
        assertThat(interval.value()).isEqualTo((double) successes / trials);
    }

    @Test
    void countsThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Interval.clopperPearson(11, 10, 0.95));
        assertThatIllegalArgumentException().isThrownBy(() -> Interval.clopperPearson(0, 0, 0.95));
        assertThatIllegalArgumentException().isThrownBy(() -> Interval.clopperPearson(1, 2, 1));
    }
}
