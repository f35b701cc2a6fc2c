package dev.tributary.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FlatTest {

    @Test
    void partsOfAJoinAreTheTensorsAgain() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = Torch.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor b = Torch.of(new float[] {7, 8}, 2);
            Tensor joined = Flat.join(List.of(a.t(), b)); // row by row, however it lies in memory
            List<Tensor> parts = Flat.parts(joined, List.of(a.t().contiguous(), b));

            assertThat(Torch.floats(joined)).containsExactly(1, 4, 2, 5, 3, 6, 7, 8);
            assertThat(Torch.floats(parts.get(0).t())).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(Torch.floats(parts.get(1))).containsExactly(7, 8);
        }
    }

    @Test
    void adoptedParametersChangeWithTheBuffer() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = Torch.of(new float[] {1, 2}, 1, 2).set_requires_grad(true);
            Tensor b = Torch.of(new float[] {3}, 1).set_requires_grad(true);

            Flat.adopt(List.of(a, b)).mul_(Torch.scalar(10));

            assertThat(Torch.floats(a)).containsExactly(10, 20);
            assertThat(Torch.floats(b)).containsExactly(30);
            assertThat(a.requires_grad()).isTrue();
        }
    }
}
