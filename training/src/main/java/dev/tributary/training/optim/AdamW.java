package dev.tributary.training.optim;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * AdamW (Loshchilov and Hutter 2019) with PyTorch's order of operations: decay p ← p·(1 − η·λ), then
 * p ← p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
 */
public final class AdamW implements Optimizer {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final List<Slot> slots;
    private final double weightDecay;
    private int steps;

    /** First and second moment of one parameter. */
    private record Slot(Parameter parameter, Tensor m, Tensor v) {}

    public AdamW(List<Parameter> parameters, double weightDecay) {
        this.weightDecay = weightDecay;
        this.slots = parameters.stream()
                .map(p -> new Slot(p, torch.zeros_like(p.tensor()), torch.zeros_like(p.tensor())))
                .toList();
    }

    @Override
    public void step(double rateFactor) {
        steps++;
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            for (Slot slot : slots) {
                Tensor p = slot.parameter().tensor();
                Tensor gradient = p.grad();
                if (!gradient.defined()) {
                    continue;
                }
                double rate = slot.parameter().learningRate() * rateFactor;
                if (weightDecay != 0) {
                    p.mul_(new Scalar(1 - rate * weightDecay));
                }
                update(p, slot.m(), slot.v(), gradient, rate, steps);
                gradient.zero_();
            }
        }
    }

    /** One step of values that have decayed already; all tensors have one shape. */
    static void update(Tensor values, Tensor m, Tensor v, Tensor gradient, double rate, int steps) {
        double correction1 = 1 - Math.pow(BETA1, steps);
        double correction2 = 1 - Math.pow(BETA2, steps);
        m.mul_(new Scalar(BETA1)).add_(gradient, new Scalar(1 - BETA1));
        v.mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
        Tensor denominator = v.sqrt().div_(new Scalar(Math.sqrt(correction2))).add_(new Scalar(EPSILON));
        values.addcdiv_(m, denominator, new Scalar(-rate / correction1));
    }
}
