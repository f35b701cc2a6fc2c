package dev.tributary.training.model;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

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

    /**
     * x (tokens, heads·d), turned by the positions of the batch: x ∘ cos + (x with the halves of every head swapped) ∘
     * (−sin, sin), which takes few kernels forwards and backwards.
     */
    public Tensor rotate(Tensor x, Batch batch) {
        Tensor heads = x.view(x.size(0), x.size(1) / headSize, headSize); // (tokens, heads, d)
        Tensor cos = table("cos", heads, batch, () -> angles(batch, 1).cos_());
        Tensor sin = table("sin", heads, batch, () -> angles(batch, -1).sin_());
        Tensor swapped = x.is_cuda()
                ? x.view(-1, headSize).mm(swap(x, batch)).view_as(heads)
                : heads.roll(new long[] {headSize / 2}, 2);
        return heads.mul(cos).addcmul(swapped, sin).view_as(x);
    }

    /** (tokens, 1, d); on a GPU (tokens, heads, d), as its kernels take twice as long for factors that are not stored. */
    private Tensor table(String name, Tensor heads, Batch batch, Supplier<Tensor> make) {
        ScalarType type = heads.scalar_type().intern();
        Tensor one = batch.shared(
                "rope " + name, () -> make.get().mul_(Torch.scalar(amplitude)).to(type));
        return heads.is_cuda()
                ? batch.shared(
                        "rope " + name + heads.size(1),
                        () -> one.expand_as(heads).contiguous())
                : one;
    }

    /** What swaps the halves of a head when it is multiplied by it, (d, d): exact, and faster on a GPU than moving them. */
    private Tensor swap(Tensor x, Batch batch) {
        return batch.shared("rope swap", () -> {
            float[] permutation = new float[headSize * headSize];
            for (int i = 0; i < headSize; i++) {
                permutation[i * headSize + (i + headSize / 2) % headSize] = 1;
            }
            return Torch.like(batch.device().floats(permutation, headSize, headSize), x);
        });
    }

    /** The angle of every position and place in a head, those of the first half times {@code sign}: (tokens, 1, d). */
    private Tensor angles(Batch batch, int sign) {
        float[] both = new float[headSize];
        for (int i = 0; i < frequencies.length; i++) {
            both[i] = sign * frequencies[i];
            both[frequencies.length + i] = frequencies[i];
        }
        Tensor positions = batch.positions().to(ScalarType.Float).view(batch.tokens(), 1, 1);
        return positions.mul(batch.device().floats(both, 1, 1, headSize));
    }

    float[] frequencies() {
        return frequencies.clone();
    }

    double amplitude() {
        return amplitude;
    }
}
