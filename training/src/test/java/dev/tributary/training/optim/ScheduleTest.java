package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void constantIsOneAfterTheWarmup() {
        Schedule schedule = Schedule.of("constant", 0.2, 10);

        assertThat(schedule.factor(0)).isZero();
        assertThat(schedule.factor(1)).isEqualTo(0.5);
        assertThat(schedule.factor(2)).isEqualTo(1);
        assertThat(schedule.factor(9)).isEqualTo(1);
    }

    @Test
    void linearFallsToZeroAtTheEnd() {
        Schedule schedule = Schedule.of("linear", 0, 10);

        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(9)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.factor(10)).isZero();
    }

    @Test
    void cosineIsHalfWayDownInTheMiddle() {
        Schedule schedule = Schedule.of("cosine", 0.5, 20);

        assertThat(schedule.factor(5)).isEqualTo(0.5);
        assertThat(schedule.factor(10)).isEqualTo(1);
        assertThat(schedule.factor(15)).isCloseTo(0.5, within(1e-12));
        assertThat(schedule.factor(20)).isCloseTo(0, within(1e-12));
    }

    @Test
    void unknownShapesAreRefused() {
        assertThatThrownBy(() -> Schedule.of("step", 0, 10)).hasMessageContaining("constant, linear or cosine");
        assertThatThrownBy(() -> Schedule.of("linear", 1, 10)).hasMessageContaining("[0, 1)");
    }
}
