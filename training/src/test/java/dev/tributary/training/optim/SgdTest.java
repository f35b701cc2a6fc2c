package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SgdTest {

    @Test
    void velocityAndDecayFollowPyTorch() {
        NativeRuntime.prepare();
        try (PointerScope scope = new PointerScope()) {
            Tensor p = Torch.of(new float[] {2}, 1);
            p.set_requires_grad(true);
            Optimizer sgd = new Sgd(List.of(new Optimizer.Parameter("p", p, 0.1)), 0.9, 0.5);
            double value = 2;
            double velocity = 0;
            for (int step = 0; step < 3; step++) {
                p.mul(p).sum().backward(); // gradient 2p
                sgd.step(1);
                velocity = 0.9 * velocity + 2 * value + 0.5 * value;
                value -= 0.1 * velocity;
                assertThat((double) Torch.floats(p)[0]).isCloseTo(value, within(1e-6));
            }
        }
    }
}
