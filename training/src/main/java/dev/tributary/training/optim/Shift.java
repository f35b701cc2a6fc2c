package dev.tributary.training.optim;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Moves parameters by given amounts beside the optimiser (SCAFFOLD's correction Cᵢ − C, Karimireddy et al. 2020): after
 * step t by the share ηₜ/Σηₜ of the whole, so that it is all gone after the last step.
 */
public final class Shift {

    private final List<Moved> moved = new ArrayList<>();
    private double sum;

    private record Moved(Tensor parameter, Tensor by) {}

    /** @param by amounts by name, of the parameters' shapes; a parameter without one is left alone */
    public Shift(List<Optimizer.Parameter> parameters, Optional<TensorSource> by, Device device) {
        by.ifPresent(amounts -> {
            for (Optimizer.Parameter parameter : parameters) {
                TensorInfo info = amounts.layout().tensors().get(parameter.name());
                if (info != null) {
                    moved.add(
                            new Moved(parameter.tensor(), device.floats(amounts.read(parameter.name()), info.shape())));
                }
            }
        });
    }

    /** Sets the steps that the amounts are spread over. */
    public void spreadOver(Schedule schedule) {
        sum = moved.isEmpty() ? 0 : schedule.sum();
    }

    /** Takes the share of a step whose learning rate has the given factor. */
    public void step(double rateFactor) {
        if (sum == 0) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            moved.forEach(m -> m.parameter().add_(m.by(), Torch.scalar(rateFactor / sum)));
        }
    }
}
