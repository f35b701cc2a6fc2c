package dev.tributary.agent.operation;

import static dev.tributary.agent.operation.Operations.A;
import static dev.tributary.agent.operation.Operations.B;
import static dev.tributary.agent.operation.Operations.IN;
import static dev.tributary.agent.operation.Operations.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeepLargestRanksTest {

    private final KeepLargestRanks operation = new KeepLargestRanks();
    private final Tensors start = Operations.factors(3, 1);

    private TensorSource after(String factor, String budget, TensorSource trained) {
        return operation.after(
                Operations.context(
                        AdapterConfig.lora(3, 6, List.of("query")), start, Map.of("factor", factor, "budget", budget)),
                start,
                trained);
    }

    @Test
    void onlyTheLargestChangeOfBIsKept() {
        float[] b = start.read(B);
        for (int o = 0; o < OUT; o++) {
            b[o * 3] += 0.01f;
            b[o * 3 + 1] += 5;
            b[o * 3 + 2] += 0.02f;
        }
        TensorSource kept = after("b", "1", with(start.read(A), b));

        for (int o = 0; o < OUT; o++) {
            assertThat(kept.read(B)[o * 3]).isEqualTo(start.read(B)[o * 3]);
            assertThat(kept.read(B)[o * 3 + 1]).isEqualTo(b[o * 3 + 1]);
            assertThat(kept.read(B)[o * 3 + 2]).isEqualTo(start.read(B)[o * 3 + 2]);
        }
    }

    @Test
    void rowsOfACountWithTheirColumnOfB() {
        float[] a = start.read(A);
        float[] b = new float[OUT * 3];
        for (int o = 0; o < OUT; o++) {
            b[o * 3 + 2] = 1; // only the third rank reaches the output
        }
        for (int i = 0; i < a.length; i++) {
            a[i] += i < 2 * IN ? 5 : 0.01f;
        }
        TensorSource kept = after("a", "1", with(a, b));

        assertThat(java.util.Arrays.copyOf(kept.read(A), 2 * IN))
                .isEqualTo(java.util.Arrays.copyOf(start.read(A), 2 * IN));
        assertThat(kept.read(A)[2 * IN]).isEqualTo(a[2 * IN]);
    }

    @Test
    void aBudgetBeyondAllRanksKeepsEverything() {
        Tensors trained = Operations.factors(3, 2);

        assertThat(after("b", "99", trained).read(B)).isEqualTo(trained.read(B));
    }

    @Test
    void badParametersAreNamedTogether() {
        assertThat(operation.check(new TreeMap<>(Map.of("factor", "c", "budget", "0", "speed", "1"))))
                .hasSize(3);
        assertThat(operation.check(new TreeMap<>(Map.of("factor", "a", "budget", "7"))))
                .isEmpty();
    }

    private Tensors with(float[] a, float[] b) {
        return Tensors.builder().put(A, a, 3, IN).put(B, b, OUT, 3).build();
    }
}
