package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** y = (x − mean) / √(variance + ε) · w + b over the last dimension (Ba et al. 2016). */
public record LayerNorm(Tensor weight, Tensor bias, double epsilon) {

    /** x (tokens, width) → (tokens, width). */
    public Tensor forward(Tensor x) {
        long[] width = {weight.size(0)};
        return torch.layer_norm(x, width, new TensorOptional(weight), new TensorOptional(bias), epsilon, false);
    }
}
