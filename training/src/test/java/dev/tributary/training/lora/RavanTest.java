package dev.tributary.training.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Heads are a LoRA-XS core whose blocks off the diagonal are zero. */
class RavanTest {

    private static final String MODULE = "layer.query";
    private static final int OUT = 6;
    private static final int IN = 8;

    @BeforeAll
    static void prepare() {
        NativeRuntime.prepare();
    }

    @Test
    void headsActAsTheDiagonalOfACore() {
        float[] heads = values(4 * 2, 3);
        float[] core = new float[16];
        for (int i = 0; i < 4; i++) {
            core[4 * i + i / 2 * 2] = heads[2 * i];
            core[4 * i + i / 2 * 2 + 1] = heads[2 * i + 1];
        }
        try (PointerScope scope = new PointerScope()) {
            Linear linear = linear();
            AdapterTensors ravan = adapter("ravan", ".lora_H.weight", heads, 4, 2);
            AdapterTensors xs = adapter("lora-xs", ".lora_R.weight", core, 4, 4);
            Delta mine = Objects.requireNonNull(Ravan.of(linear, ravan));
            Delta theirs = Objects.requireNonNull(LoraXs.of(linear, xs));
            Tensor x = Torch.of(values(3 * IN, 4), 3, IN);

            assertThat(Torch.floats(mine.apply(x, linear)))
                    .containsExactly(Torch.floats(theirs.apply(x, linear)), within(1e-5f));
            assertThat(Torch.floats(mine.mergedWeight(linear)))
                    .containsExactly(Torch.floats(theirs.mergedWeight(linear)), within(1e-5f));

            mine.apply(x, linear).pow(Torch.scalar(2)).sum().backward();
            theirs.apply(x, linear).pow(Torch.scalar(2)).sum().backward();
            float[] found = Torch.floats(gradient(ravan));
            float[] wanted = Torch.floats(gradient(xs));
            for (int i = 0; i < 4; i++) {
                assertThat(found[2 * i]).isCloseTo(wanted[4 * i + i / 2 * 2], within(1e-3f));
                assertThat(found[2 * i + 1]).isCloseTo(wanted[4 * i + i / 2 * 2 + 1], within(1e-3f));
            }
        }
    }

    @Test
    void headsThatDoNotDivideTheRankAreRefused() {
        try (PointerScope scope = new PointerScope()) {
            AdapterTensors adapter = adapter("ravan", ".lora_H.weight", values(12, 1), 4, 3);
            assertThatThrownBy(() -> Ravan.of(linear(), adapter))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("layer.query.lora_H.weight");
        }
    }

    private static Tensor gradient(AdapterTensors adapter) {
        return adapter.parameters().values().iterator().next().grad();
    }

    private static AdapterTensors adapter(String type, String core, float[] values, int... shape) {
        Tensors start = Tensors.builder()
                .put(MODULE + ".lora_A.weight", values(4 * IN, 1), 4, IN)
                .put(MODULE + ".lora_B.weight", values(OUT * 4, 2), OUT, 4)
                .put(MODULE + core, values, shape)
                .build();
        AdapterConfig config = AdapterConfig.lora(4, 8, List.of("query")).withType(type);
        return new AdapterTensors(config, start, Set.of(MODULE + core), Device.CPU);
    }

    private static float[] values(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Linear linear() {
        return SingleLinear.of(MODULE, values(OUT * IN, 9), OUT, IN);
    }
}
