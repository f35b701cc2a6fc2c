package dev.tributary.training.optim;

import dev.tributary.training.model.Torch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** FedProx (Li et al. 2020): the gradient of μ/2·‖w − w₀‖², which pulls parameters back to where the round began. */
public final class Proximal {

    private final List<Optimizer.Parameter> parameters;
    private final List<Tensor> start;
    private final double mu;

    /** Remembers the present values; {@code mu} 0 does nothing. */
    public Proximal(List<Optimizer.Parameter> parameters, double mu) {
        this.parameters = parameters;
        this.mu = mu;
        this.start = mu == 0
                ? List.of()
                : parameters.stream().map(p -> p.tensor().detach().clone()).toList();
    }

    /** Adds μ·(w − w₀) to every gradient. */
    public void addGradients() {
        if (mu == 0) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            for (int i = 0; i < parameters.size(); i++) {
                Tensor parameter = parameters.get(i).tensor();
                Torch.addGradient(parameter, parameter.sub(start.get(i)).mul_(Torch.scalar(mu)));
            }
        }
    }
}
