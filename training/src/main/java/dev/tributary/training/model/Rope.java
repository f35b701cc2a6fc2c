package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding (Su et al. 2021): each pair (x[i], x[i + d/2]) of a head turns by position · frequency[i].
 * Reads {@code rope_parameters} as Transformers 5 writes it, and the older {@code rope_theta} with {@code rope_scaling}.
 */
public final class Rope {

    private final int headSize;
    private final float[] frequencies; // (d/2)
    private final double amplitude; // of cos and sin; 1 but for YaRN

    Rope(int headSize, float[] frequencies, double amplitude) {
        this.headSize = headSize;
        this.frequencies = frequencies;
        this.amplitude = amplitude;
    }

    public static Rope of(ModelConfig config, int headSize, int maxPositions) {
        if (headSize % 2 != 0) {
            throw config.problem("the size of an attention head must be even, was " + headSize);
        }
        boolean current = config.has("rope_parameters");
        ModelConfig scaling = config.section(current ? "rope_parameters" : "rope_scaling");
        double theta = current && scaling.has("rope_theta")
                ? scaling.number("rope_theta", 10000)
                : config.number("rope_theta", 10000);
        double partial = scaling.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        if (partial != 1) {
            throw config.problem("partial_rotary_factor " + partial + " is not supported");
        }
        float[] plain = RopeScaling.plain(headSize, theta);
        String type = scaling.oneOf(
                scaling.has("rope_type") ? "rope_type" : "type",
                "default",
                "default",
                "linear",
                "dynamic",
                "llama3",
                "yarn");
        return switch (type) {
            case "linear" -> new Rope(headSize, RopeScaling.linear(plain, scaling), 1);
            case "llama3" -> new Rope(headSize, RopeScaling.llama3(plain, scaling), 1);
            case "yarn" -> RopeScaling.yarn(headSize, theta, maxPositions, scaling);
            default -> new Rope(headSize, plain, 1); // dynamic scaling begins beyond the model's positions
        };
    }

    /** x (tokens, heads·d), turned by the positions of the batch. */
    public Tensor rotate(Tensor x, Batch batch) {
        torch.ScalarType type = x.scalar_type().intern();
        Tensor cos = batch.shared(
                "rope cos",
                () -> angles(batch).cos().mul(Torch.scalar(amplitude)).to(type)); // (tokens, 1, d/2)
        Tensor sin = batch.shared(
                "rope sin",
                () -> angles(batch).sin().mul(Torch.scalar(amplitude)).to(type));
        int half = headSize / 2;
        Tensor heads = x.view(x.size(0), x.size(1) / headSize, headSize); // (tokens, heads, d)
        Tensor first = heads.narrow(2, 0, half);
        Tensor second = heads.narrow(2, half, half);
        TensorVector turned = new TensorVector(
                first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin)));
        return torch.cat(turned, 2).view(x.size(0), x.size(1));
    }

    private Tensor angles(Batch batch) {
        Tensor positions = batch.positions().to(torch.ScalarType.Float).view(batch.tokens(), 1, 1);
        return positions.mul(batch.device().floats(frequencies, 1, 1, headSize / 2));
    }

    float[] frequencies() {
        return frequencies.clone();
    }

    double amplitude() {
        return amplitude;
    }
}
