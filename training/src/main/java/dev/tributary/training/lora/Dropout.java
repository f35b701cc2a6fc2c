package dev.tributary.training.lora;

import dev.tributary.training.model.Device;
import dev.tributary.training.model.Torch;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Inverted dropout from its own seeded generator, so that trainings at once do not disturb each other's draws. Drawn on
 * the processor, so that every device drops the same values. */
final class Dropout {

    private final Device device;
    private final double keep;
    private final GeneratorOptional generator;

    /** @param share of values set to zero, in (0, 1) */
    Dropout(Device device, double share, long seed) {
        this.device = device;
        keep = 1 - share;
        Generator seeded = torch.make_generator_cpu(seed);
        generator = new GeneratorOptional(seeded);
    }

    Tensor apply(Tensor x) {
        Tensor mask = torch.empty(x.sizes().vec().get()).bernoulli_(keep, generator);
        return x.mul(
                device.put(mask.mul_(Torch.scalar(1 / keep)), x.scalar_type().intern()));
    }
}
