package dev.tributary.training.optim;

import dev.tributary.training.model.Flat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * {@link AdamW} over one buffer of all parameters with the same learning rate: a dozen kernels a step however many
 * parameters there are, which on a GPU is what their launches cost. The same arithmetic, element by element; a parameter
 * without a gradient counts as one with gradient zero.
 */
public final class FlatAdamW implements Optimizer {

    private final List<Group> groups = new ArrayList<>();
    private final double weightDecay;
    private int steps;

    /** Parameters that lie one behind the other in {@code values}. */
    private record Group(double learningRate, List<Parameter> parameters, Tensor values, Tensor m, Tensor v) {}

    /** Moves the values of the parameters into buffers; tensors that share their memory, such as views, stay behind. */
    public FlatAdamW(List<Parameter> parameters, double weightDecay) {
        this.weightDecay = weightDecay;
        Map<Double, List<Parameter>> byRate = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            byRate.computeIfAbsent(parameter.learningRate(), r -> new ArrayList<>())
                    .add(parameter);
        }
        byRate.forEach((rate, members) -> groups.add(group(rate, members)));
    }

    private static Group group(double rate, List<Parameter> members) {
        Tensor values = Flat.adopt(members.stream().map(Parameter::tensor).toList());
        return new Group(rate, members, values, torch.zeros_like(values), torch.zeros_like(values));
    }

    @Override
    public void step(double rateFactor) {
        steps++;
        for (Group group : groups) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard noGradients = new NoGradGuard()) {
                step(group, group.learningRate() * rateFactor);
            }
        }
    }

    private void step(Group group, double rate) {
        Tensor gradient = Flat.join(
                group.parameters().stream().map(FlatAdamW::takeGradient).toList());
        if (weightDecay != 0) {
            group.values().mul_(new Scalar(1 - rate * weightDecay));
        }
        AdamW.update(group.values(), group.m(), group.v(), gradient, rate, steps);
    }

    /** The gradient, flat; the next backward pass puts a new one in its place. */
    private static Tensor takeGradient(Parameter parameter) {
        Tensor gradient = parameter.tensor().grad();
        if (!gradient.defined()) {
            return torch.zeros_like(parameter.tensor()).reshape(-1);
        }
        Tensor flat = gradient.reshape(-1);
        parameter.tensor().mutable_grad().put(new Tensor());
        return flat;
    }
}
