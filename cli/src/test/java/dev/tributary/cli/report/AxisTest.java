package dev.tributary.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {

    @Test
    void ticksAreRoundAndCoverTheValues() {
        Axis axis = Axis.covering(DoubleStream.of(0.893, 0.9271), 5);

        assertThat(axis.step()).isCloseTo(0.01, within(1e-12));
        assertThat(axis.low()).isLessThanOrEqualTo(0.893);
        assertThat(axis.high()).isGreaterThanOrEqualTo(0.9271);
        assertThat(axis.ticks()).hasSize(5);
    }

    @Test
    void oneValueStillHasAnAxis() {
        Axis axis = Axis.covering(DoubleStream.of(0.5, 0.5), 5);

        assertThat(axis.fraction(0.5)).isBetween(0.0, 1.0);
        assertThat(axis.high()).isGreaterThan(axis.low());
    }

    @Test
    void undefinedValuesAreIgnored() {
        assertThat(Axis.covering(DoubleStream.of(Double.NaN), 5)).isEqualTo(new Axis(0, 1, 0.5));
    }
}
