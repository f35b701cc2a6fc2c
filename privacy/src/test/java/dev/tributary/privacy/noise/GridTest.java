package dev.tributary.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GridTest {
    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.1, 1, 1.999, 2, 100})
    void clipIsBetweenOneAndTwoMillionSteps(double clip) {
        assertThat(clip / Grid.forClip(clip).step()).isBetween(0x1p20, 0x1p21);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void roundingNeverMakesAVectorLonger(long seed) {
        Random random = new Random(seed);
        Grid grid = new Grid(-12);
        float[] values = new float[1000];
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
            squares += (double) values[i] * values[i];
        }
        BigInteger steps = BigInteger.ZERO;
        for (long step : grid.quantise(values)) {
            steps = steps.add(BigInteger.valueOf(step).pow(2));
        }
        assertThat(steps.doubleValue()).isLessThanOrEqualTo(squares / (grid.step() * grid.step()));
    }

    @Test
    void multiplesOfTheStepSurvive() {
        Grid grid = new Grid(-3);
        float[] values = {0, 0.125f, -0.25f, 100.5f};
        assertThat(grid.quantise(values)).containsExactly(0, 1, -2, 804);
        assertThat(grid.dequantise(grid.quantise(values))).isEqualTo(values);
    }

    @Test
    void valuesBetweenGoTowardZero() {
        assertThat(new Grid(0).quantise(new float[] {1.9f, -1.9f, 0.5f, -0.5f})).containsExactly(1, -1, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE})
    void valuesThatDoNotFitAreRefused(float value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Grid(0).quantise(new float[] {1, value}))
                .withMessageContaining("value 1");
    }
}
