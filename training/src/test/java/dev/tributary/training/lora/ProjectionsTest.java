package dev.tributary.training.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Checkpoint;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import dev.tributary.training.model.Weights;
import dev.tributary.training.model.family.Families;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProjectionsTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/bert_small");

    @BeforeAll
    static void prepare() {
        NativeRuntime.prepare();
    }

    @Test
    void veraWithoutStoredProjectionsDrawsThoseOfPeft() {
        try (PeftDirectory peft = PeftDirectory.open(GOLDEN.resolve("vera/adapter"));
                PointerScope scope = new PointerScope()) {
            AdapterTensors adapter = load(peft.config().adapter(), without(peft.tensors(), "vera_A", "vera_B"));

            assertThat(Torch.floats(adapter.projections().down(32)))
                    .isEqualTo(peft.tensors().read("vera_A"));
            assertThat(Torch.floats(adapter.projections().up(48)))
                    .isEqualTo(peft.tensors().read("vera_B"));
        }
    }

    @Test
    void oneProjectionWithoutTheOtherIsRefused() {
        try (PeftDirectory peft = PeftDirectory.open(GOLDEN.resolve("vera/adapter"));
                PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> load(peft.config().adapter(), without(peft.tensors(), "vera_A")))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("vera_A and vera_B come together");
        }
    }

    @Test
    void dropoutKeepsTheMeanAndFollowsItsSeed() {
        try (PointerScope scope = new PointerScope()) {
            float[] ones = new float[100_000];
            java.util.Arrays.fill(ones, 1);
            float[] first = Torch.floats(new Dropout(Device.CPU, 0.25, 7).apply(Torch.of(ones, ones.length)));
            float[] second = Torch.floats(new Dropout(Device.CPU, 0.25, 7).apply(Torch.of(ones, ones.length)));
            double sum = 0;
            for (float value : first) {
                assertThat(value).isIn(0f, 4 / 3f);
                sum += value;
            }

            assertThat(sum / ones.length).isBetween(0.99, 1.01);
            assertThat(first).isEqualTo(second);
            assertThat(Torch.floats(new Dropout(Device.CPU, 0.25, 8).apply(Torch.of(ones, ones.length))))
                    .isNotEqualTo(first);
        }
    }

    private static AdapterTensors load(AdapterConfig config, TensorSource start) {
        AdapterTensors adapter = new AdapterTensors(config, start, Set.of(), Device.CPU);
        Path model = GOLDEN.resolve("model");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            ModelConfig json = ModelConfig.read(model);
            Families.of(json).body().create(json, new Weights(checkpoint, adapter));
            adapter.find("classifier.weight");
            adapter.find("classifier.bias");
            adapter.complete();
        }
        return adapter;
    }

    private static Tensors without(TensorSource tensors, String... names) {
        Tensors.Builder rest = Tensors.builder();
        for (TensorInfo info : tensors.layout().tensors().values()) {
            if (!Set.of(names).contains(info.name())) {
                rest.put(info, tensors.read(info.name()));
            }
        }
        return rest.build();
    }
}
