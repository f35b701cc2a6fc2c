package dev.tributary.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.Tensors;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShiftTest {

    @ParameterizedTest
    @ValueSource(strings = {"constant", "linear", "cosine"})
    void afterTheLastStepAllOfItIsGone(String shape) {
        NativeRuntime.prepare();
        try (PointerScope scope = new PointerScope()) {
            Tensor moved = Torch.of(new float[] {1, 2}, 2);
            Tensor other = Torch.of(new float[] {5}, 1);
            Shift shift = new Shift(
                    List.of(new Optimizer.Parameter("moved", moved, 0.1), new Optimizer.Parameter("other", other, 0.1)),
                    Optional.of(Tensors.builder()
                            .put("moved", new float[] {0.5f, -3}, 2)
                            .build()),
                    Device.CPU);
            Schedule schedule = Schedule.of(shape, 0.3, 7);
            shift.spreadOver(schedule);
            for (int step = 0; step < 7; step++) {
                shift.step(schedule.factor(step));
            }

            assertThat(Torch.floats(moved)).containsExactly(new float[] {1.5f, -1}, Offset.offset(1e-5f));
            assertThat(Torch.floats(other)).containsExactly(5);
        }
    }
}
