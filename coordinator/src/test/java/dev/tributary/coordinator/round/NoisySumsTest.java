package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.dp.NoisySum;
import dev.tributary.privacy.noise.SecretBits;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoisySumsTest {

    private static final String A = "model.query.lora_A.weight";
    private static final String B = "model.query.lora_B.weight";
    private static final int WIDTH = 2000;

    private static Tensors state(float a, float b) {
        Tensors.Builder tensors = Tensors.builder();
        tensors.put(A, filled(a), 2, WIDTH / 2);
        tensors.put(B, filled(b), WIDTH / 2, 2);
        return tensors.build();
    }

    private static float[] filled(float value) {
        float[] values = new float[WIDTH];
        Arrays.fill(values, value);
        return values;
    }

    private static ReceivedUpdate update(String agent, Tensors tensors) {
        return new ReceivedUpdate(new AgentId(agent), AdapterConfig.lora(2, 4, List.of("query")), 1, 0.5, tensors);
    }

    private static NoisySums sums(double clip, double multiplier, int asked, ReceivedUpdate... updates) {
        try (SecretBits bits = SecretBits.fresh("test")) {
            return NoisySums.of(
                    state(1, 2),
                    List.of(updates),
                    clip,
                    NoisySum.ofSeparateContributions(clip, multiplier),
                    asked,
                    bits);
        }
    }

    @Test
    void oneThatDropsOutCountsAsNoChange() {
        // Three were asked, two answered, each with a change of 0.3 everywhere in A: the mean change is 0.2.
        double[] next = sums(100, 1e-5, 3, update("amazon", state(1.3f, 2)), update("imdb", state(1.3f, 2)))
                .numerator(A);

        assertThat(next[17]).isCloseTo(1.2, within(1e-3));
    }

    @Test
    void noUpdateMovesTheSumByMoreThanTheNorm() {
        NoisySums sums = sums(1, 1e-5, 1, update("amazon", state(500, -900)));
        double squares = 0;
        for (String tensor : List.of(A, B)) {
            double before = tensor.equals(A) ? 1 : 2;
            for (double value : sums.numerator(tensor)) {
                squares += (value - before) * (value - before);
            }
        }

        assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-2)).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void theNoiseIsAsWideAsAccountedWhoeverIsLeft(int survivors) {
        ReceivedUpdate[] updates = new ReceivedUpdate[survivors];
        Arrays.setAll(updates, i -> update("site-" + i, state(1, 2)));

        assertThat(deviation(sums(0.5, 4, 8, updates))).isCloseTo(0.5 * 4 / 8, ofWidth(0.5 * 4 / 8));
    }

    @Test
    void halfOfTheNoiseWouldBeSeen() {
        double deviation = deviation(sums(0.5, 4.0 / 2, 2, update("amazon", state(1, 2))));

        assertThat(deviation).isNotCloseTo(0.5 * 4 / 2, ofWidth(0.5 * 4 / 2));
    }

    @Test
    void theNoiseIsDrawnOnce() {
        NoisySums sums = sums(0.5, 4, 2, update("amazon", state(1, 2)));

        assertThat(sums.numerator(A)).isEqualTo(sums.numerator(A));
    }

    /** Of the values of A, whose mean is 1. */
    private static double deviation(NoisySums sums) {
        double squares = 0;
        for (double value : sums.numerator(A)) {
            squares += (value - 1) * (value - 1);
        }
        return Math.sqrt(squares / WIDTH);
    }

    /** Six standard errors of a deviation taken from all values of A. */
    private static Offset<Double> ofWidth(double deviation) {
        return within(6 * deviation / Math.sqrt(2.0 * WIDTH));
    }

    @Test
    void anUpdateThatIsNotFiniteCountsAsNoChange() {
        double[] next = sums(1, 1e-5, 1, update("amazon", state(Float.NaN, 2))).numerator(A);

        assertThat(next[0]).isCloseTo(1, within(1e-3));
    }

    @Test
    void otherTensorsAreRefused() {
        Tensors.Builder less = Tensors.builder();
        less.put(A, filled(1), 2, WIDTH / 2);

        assertThatThrownBy(() -> sums(1, 1, 2, update("amazon", state(1, 2)), update("imdb", less.build())))
                .isInstanceOf(InvalidUpdateException.class)
                .hasMessageContaining("other tensors");
    }
}
