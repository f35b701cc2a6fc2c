package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.training.TrainingException;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.optim.AdamW;
import dev.tributary.training.optim.FlatAdamW;
import dev.tributary.training.optim.Optimizer;
import dev.tributary.training.optim.Sgd;
import java.util.ArrayList;
import java.util.List;

/** What a training changes, and by which rule. */
final class Parameters {

    private Parameters() {}

    /** @throws TrainingException if there is nothing to train */
    static List<Optimizer.Parameter> of(AdapterTensors adapter, Job.Training settings) {
        List<Optimizer.Parameter> parameters = new ArrayList<>();
        adapter.parameters().forEach((name, tensor) -> {
            double rate = adapter.isHead(name)
                    ? settings.headLearningRate()
                    : settings.learningRate() * (adapter.isB(name) ? settings.loraPlusRatio() : 1);
            parameters.add(new Optimizer.Parameter(name, tensor, rate));
        });
        if (parameters.isEmpty()) {
            throw new TrainingException("nothing to train: no tensor is marked trainable");
        }
        return parameters;
    }

    /** @param flat whether the optimiser may move the values into buffers of its own, which GPUs are faster with */
    static Optimizer optimizer(List<Optimizer.Parameter> parameters, Job.Training settings, boolean flat) {
        return switch (settings.optimizer()) {
            case "adamw" ->
                flat
                        ? new FlatAdamW(parameters, settings.weightDecay())
                        : new AdamW(parameters, settings.weightDecay());
            case "sgd" -> new Sgd(parameters, settings.momentum(), settings.weightDecay());
            default ->
                throw new TrainingException("training.optimizer must be adamw or sgd, was " + settings.optimizer());
        };
    }
}
