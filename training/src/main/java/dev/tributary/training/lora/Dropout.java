package dev.tributary.training.lora;

import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Inverted dropout from its own seeded generator, so that trainings at once do not disturb each other's draws. */
final class Dropout {

    private final double keep;
    private final GeneratorOptional generator;

    /** @param share of values set to zero, in (0, 1) */
    Dropout(double share, long seed) {
        keep = 1 - share;
        Generator seeded = torch.make_generator_cpu(seed);
        generator = new GeneratorOptional(seeded);
    }

    Tensor apply(Tensor x) {
        Tensor mask = torch.empty_like(x).bernoulli_(keep, generator);
        return x.mul(mask.mul_(Torch.scalar(1 / keep)));
    }
}
