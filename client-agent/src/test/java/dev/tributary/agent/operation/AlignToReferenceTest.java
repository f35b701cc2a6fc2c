package dev.tributary.agent.operation;

import static dev.tributary.agent.operation.Operations.A;
import static dev.tributary.agent.operation.Operations.B;
import static dev.tributary.agent.operation.Operations.IN;
import static dev.tributary.agent.operation.Operations.OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignToReferenceTest {

    private final AlignToReference operation = new AlignToReference();

    private TensorSource aligned(Tensors start, TensorSource trained, String factor, String softness) {
        AgentOperation.Context context = Operations.context(
                AdapterConfig.lora(3, 6, List.of("query")), start, Map.of("factor", factor, "softness", softness));
        return operation.after(context, start, trained);
    }

    @ParameterizedTest
    @CsvSource({"a,0.5", "b,0.5", "a,1", "b,1", "a,0"})
    void theProductDoesNotChange(String factor, String softness) {
        Tensors trained = Operations.factors(3, 2);

        TensorSource turned = aligned(Operations.factors(3, 1), trained, factor, softness);

        double[] before = Operations.product(trained);
        double[] after = Operations.product(turned);
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isCloseTo(before[i], within(1e-5));
        }
        assertThat(turned.read("classifier.weight")).isEqualTo(trained.read("classifier.weight"));
    }

    @ParameterizedTest
    @CsvSource({"a", "b"})
    void aTurnedCopyIsTurnedBack(String factor) {
        Tensors start = Operations.factors(3, 1);

        TensorSource back = aligned(start, turned(start), factor, "1");

        assertThat(Operations.distance(back.read(A), start.read(A))).isLessThan(1e-5);
        assertThat(Operations.distance(back.read(B), start.read(B))).isLessThan(1e-5);
    }

    /** Two agents end at almost the same product, split in different ways: what FedRot is for. */
    @Test
    void theMeanOfAlignedFactorsComesNearerToTheMeanOfProducts() {
        Tensors start = Operations.factors(3, 1);
        Tensors one = moved(start, 5);
        Tensors two = turned(moved(start, 6));
        double[] first = Operations.product(one);
        double[] second = Operations.product(two);
        double[] ideal = new double[first.length];
        Arrays.setAll(ideal, i -> (first[i] + second[i]) / 2);

        double plain = gap(one, two, ideal);
        double soft = gap(aligned(start, one, "a", "0.5"), aligned(start, two, "a", "0.5"), ideal);
        double whole = gap(aligned(start, one, "a", "1"), aligned(start, two, "a", "1"), ideal);

        assertThat(soft).isLessThan(plain);
        assertThat(whole).isLessThan(0.1 * plain);
    }

    /** A and B of {@code start} with a tenth of other factors added. */
    private static Tensors moved(Tensors start, long seed) {
        Tensors noise = Operations.factors(3, seed);
        return Tensors.builder()
                .put(A, sum(start.read(A), noise.read(A), 1, 0.1), 3, IN)
                .put(B, sum(start.read(B), noise.read(B), 1, 0.1), OUT, 3)
                .build();
    }

    private static double gap(TensorSource one, TensorSource two, double[] ideal) {
        double[] found = Operations.product(Tensors.builder()
                .put(A, sum(one.read(A), two.read(A), 0.5, 0.5), 3, IN)
                .put(B, sum(one.read(B), two.read(B), 0.5, 0.5), OUT, 3)
                .build());
        double squares = 0;
        for (int i = 0; i < ideal.length; i++) {
            squares += (found[i] - ideal[i]) * (found[i] - ideal[i]);
        }
        return Math.sqrt(squares);
    }

    private static float[] sum(float[] left, float[] right, double first, double second) {
        float[] result = new float[left.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (first * left[i] + second * right[i]);
        }
        return result;
    }

    @Test
    void softerAlignmentComesLessNear() {
        Tensors start = Operations.factors(3, 1);
        Tensors trained = turned(start);

        double none = Operations.distance(aligned(start, trained, "a", "0").read(A), start.read(A));
        double half = Operations.distance(aligned(start, trained, "a", "0.5").read(A), start.read(A));
        double whole = Operations.distance(aligned(start, trained, "a", "1").read(A), start.read(A));

        assertThat(none).isGreaterThan(half);
        assertThat(half).isGreaterThan(whole);
    }

    @Test
    void aReferenceOfZerosTurnsNothing() {
        Tensors trained = Operations.factors(3, 2);
        Tensors zeros = Tensors.builder()
                .put(A, new float[3 * IN], 3, IN)
                .put(B, new float[OUT * 3], OUT, 3)
                .build();

        assertThat(aligned(zeros, trained, "b", "1").read(A)).isEqualTo(trained.read(A));
    }

    @Test
    void aReferenceOfAnotherRankIsRefused() {
        assertThatThrownBy(() -> aligned(Operations.factors(2, 1), Operations.factors(3, 2), "a", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(A);
    }

    @Test
    void badParametersAreNamedTogether() {
        assertThat(operation.check(new TreeMap<>(Map.of("factor", "c", "softness", "2", "speed", "1"))))
                .hasSize(3);
        assertThat(operation.check(new TreeMap<>(Map.of("factor", "a", "softness", "0.5"))))
                .isEmpty();
    }

    /** (B·T, Tᵀ·A) with T a rotation about the third axis by 100 degrees. */
    private static Tensors turned(Tensors start) {
        double c = Math.cos(Math.toRadians(100));
        double s = Math.sin(Math.toRadians(100));
        double[][] t = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
        float[] a = start.read(A);
        float[] b = start.read(B);
        float[] newA = new float[a.length];
        float[] newB = new float[b.length];
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                for (int j = 0; j < IN; j++) {
                    newA[i * IN + j] += (float) (t[k][i] * a[k * IN + j]);
                }
                for (int o = 0; o < OUT; o++) {
                    newB[o * 3 + i] += (float) (b[o * 3 + k] * t[k][i]);
                }
            }
        }
        return Tensors.builder().put(A, newA, 3, IN).put(B, newB, OUT, 3).build();
    }
}
