package dev.tributary.training.model;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** y = x / √(mean x² + ε) · w over the last dimension (Zhang and Sennrich 2019). */
public record RmsNorm(Tensor weight, double epsilon) {

    /** x (…, width) → (…, width). */
    public Tensor forward(Tensor x) {
        long[] width = {weight.size(0)};
        return torch.rms_norm(x, width, new TensorOptional(weight), new DoubleOptional(epsilon));
    }
}
