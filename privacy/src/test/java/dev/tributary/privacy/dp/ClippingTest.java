package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.adapter.Tensors;
import dev.tributary.privacy.noise.Grid;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClippingTest {
    @Test
    void allTensorsAreOneVector() {
        Tensors message = Tensors.builder()
                .put("a", new float[] {3, 0}, 2)
                .put("b", new float[] {0, 4}, 1, 2)
                .build();
        Clipping.Clipped clipped = Clipping.clip(message, 1);

        assertThat(clipped.norm()).isEqualTo(5);
        assertThat(clipped.tensors().layout()).isEqualTo(message.layout());
        assertThat(clipped.tensors().read("a")[0]).isCloseTo(0.6f, within(1e-6f));
        assertThat(clipped.tensors().read("b")[1]).isCloseTo(0.8f, within(1e-6f));
        assertThat(Clipping.norm(clipped.tensors())).isCloseTo(1, withinPercentage(2e-4));
    }

    @Test
    void shortMessagesStayBitForBit() {
        float[] values = {0.1f, -0.2f, 0.3f};
        Clipping.clip(1, values);
        assertThat(values).containsExactly(0.1f, -0.2f, 0.3f);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void normIsNeverAboveTheClipInExactArithmetic(long seed) {
        Random random = new Random(seed);
        double clip = Math.exp(random.nextGaussian() * 5);
        float[] values = new float[5000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 3));
        }
        Clipping.clip(clip, values);
        BigDecimal squares = BigDecimal.ZERO;
        for (float value : values) {
            squares = squares.add(new BigDecimal(value).pow(2));
        }
        assertThat(squares).isLessThanOrEqualTo(new BigDecimal(clip).pow(2));

        Grid grid = Grid.forClip(clip);
        BigDecimal steps = BigDecimal.ZERO;
        for (long step : grid.quantise(values)) {
            steps = steps.add(BigDecimal.valueOf(step).pow(2));
        }
        assertThat(steps).isLessThanOrEqualTo(new BigDecimal(clip / grid.step()).pow(2));
    }

    /** The sensitivity that the noise is for: what a sum on the grid moves by when one message comes, goes or is another. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sumsOfNeighbouringBatchesDifferByNoMoreThanTheClipInWholeSteps(long seed) {
        Random random = new Random(seed);
        double clip = Math.exp(random.nextGaussian() * 3);
        Grid grid = Grid.forClip(clip);
        int size = 1 + random.nextInt(40);
        long[][] batch = new long[size][];
        for (int i = 0; i < size; i++) {
            batch[i] = onGrid(grid, clip, random);
        }
        int at = random.nextInt(size);
        long[][] other = batch.clone();
        other[at] = onGrid(grid, clip, random);
        long[][] without = batch.clone();
        without[at] = new long[0];

        BigDecimal bound = new BigDecimal(clip / grid.step()).pow(2);
        assertThat(squaredDistance(sum(batch), sum(without))).isPositive().isLessThanOrEqualTo(bound);
        assertThat(squaredDistance(sum(batch), sum(other)))
                .isPositive()
                .isLessThanOrEqualTo(bound.multiply(BigDecimal.valueOf(4)));
    }

    /** A message of very different lengths, as it is summed. */
    private static long[] onGrid(Grid grid, double clip, Random random) {
        float[] values = new float[300];
        double scale = clip * Math.exp(random.nextGaussian() * 3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        Clipping.clip(clip, values);
        return grid.quantise(values);
    }

    private static long[] sum(long[][] batch) {
        long[] sum = new long[300];
        for (long[] message : batch) {
            for (int i = 0; i < message.length; i++) {
                sum[i] = Math.addExact(sum[i], message[i]);
            }
        }
        return sum;
    }

    private static BigDecimal squaredDistance(long[] left, long[] right) {
        BigDecimal squares = BigDecimal.ZERO;
        for (int i = 0; i < left.length; i++) {
            squares = squares.add(BigDecimal.valueOf(left[i] - right[i]).pow(2));
        }
        return squares;
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void messageThatIsNotFiniteBecomesZero(float bad) {
        float[] first = {1, 2};
        float[] second = {bad, 3};
        Clipping.clip(1, first, second);
        assertThat(first).containsOnly(0f);
        assertThat(second).containsOnly(0f);
    }

    @Test
    void zeroStaysZero() {
        float[] values = new float[4];
        assertThat(Clipping.clip(1, values)).isZero();
        assertThat(values).containsOnly(0f);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void clipOutOfRangeIsRefused(double clip) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Clipping.factor(1, clip))
                .withMessageContaining("clip");
    }
}
