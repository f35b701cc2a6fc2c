package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FlatAdamWTest {

    @Test
    void theParametersAreThoseOfAdamWBitForBit() {
        NativeRuntime.prepare();
        assertThat(trained(parameters -> new FlatAdamW(parameters, 0.01)))
                .isDeepEqualTo(trained(parameters -> new AdamW(parameters, 0.01)));
    }

    private static float[][] trained(Function<List<Optimizer.Parameter>, Optimizer> rule) {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = parameter(0.5f, -1, 2, 3, 0.25f, -0.125f).view(2, 3).detach();
            a.set_requires_grad(true);
            Tensor b = parameter(1, -2);
            Tensor head = parameter(0.75f);
            Optimizer optimizer = rule.apply(List.of(
                    new Optimizer.Parameter("a", a, 0.1),
                    new Optimizer.Parameter("head", head, 0.01),
                    new Optimizer.Parameter("b", b, 0.1)));
            for (int step = 0; step < 4; step++) {
                a.mul(a).sum().add(b.sin().sum()).add(head.mul(b).sum()).backward();
                optimizer.step(step == 2 ? 0.5 : 1);
            }
            return new float[][] {Torch.floats(a), Torch.floats(b), Torch.floats(head)};
        }
    }

    private static Tensor parameter(float... values) {
        Tensor parameter = Torch.of(values, values.length);
        parameter.set_requires_grad(true);
        return parameter;
    }
}
