package dev.tributary.training.optim;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Gradient descent with momentum as PyTorch has it: g ← ∇ + λ·p, v ← μ·v + g, p ← p − η·v. */
public final class Sgd implements Optimizer {

    private final List<Slot> slots;
    private final double momentum;
    private final double weightDecay;

    /** The velocity of one parameter, zero at first. */
    private record Slot(Parameter parameter, Tensor velocity) {}

    public Sgd(List<Parameter> parameters, double momentum, double weightDecay) {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.slots = parameters.stream()
                .map(p -> new Slot(p, torch.zeros_like(p.tensor())))
                .toList();
    }

    @Override
    public void step(double rateFactor) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            for (Slot slot : slots) {
                Tensor p = slot.parameter().tensor();
                Tensor gradient = p.grad();
                if (!gradient.defined()) {
                    continue;
                }
                slot.velocity().mul_(new Scalar(momentum)).add_(gradient);
                if (weightDecay != 0) {
                    slot.velocity().add_(p, new Scalar(weightDecay));
                }
                p.add_(slot.velocity(), new Scalar(-slot.parameter().learningRate() * rateFactor));
                gradient.zero_();
            }
        }
    }
}
