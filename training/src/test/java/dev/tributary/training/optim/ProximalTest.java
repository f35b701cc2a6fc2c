package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ProximalTest {

    @Test
    void gradientPullsBackToTheStartWithWeightMu() {
        NativeRuntime.prepare();
        try (PointerScope scope = new PointerScope()) {
            Tensor parameter = Torch.of(new float[] {1, 2, 3}, 3);
            parameter.set_requires_grad(true);
            Proximal proximal = new Proximal(List.of(new Optimizer.Parameter("w", parameter, 1)), 0.5);
            try (NoGradGuard noGradients = new NoGradGuard()) {
                parameter.add_(Torch.of(new float[] {0, 1, -4}, 3));
            }

            proximal.addGradients();
            assertThat(Torch.floats(parameter.grad())).containsExactly(0, 0.5f, -2);
            proximal.addGradients();
            assertThat(Torch.floats(parameter.grad())).containsExactly(0, 1, -4);
        }
    }

    @Test
    void weightZeroLeavesGradientsAlone() {
        NativeRuntime.prepare();
        try (PointerScope scope = new PointerScope()) {
            Tensor parameter = Torch.of(new float[] {1}, 1);
            parameter.set_requires_grad(true);
            new Proximal(List.of(new Optimizer.Parameter("w", parameter, 1)), 0).addGradients();

            assertThat(parameter.grad().defined()).isFalse();
        }
    }
}
