package dev.tributary.training.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.lora.WeightInitialisation;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where LoRA-SB (Ponkshe et al. 2024) begins: the truncated SVD of the first step of full fine-tuning. The gradient of a
 * weight comes from plain LoRA with A = I and B = 0, whose B has exactly that gradient; so it takes as much memory as
 * the adapted weights themselves.
 */
final class FirstStep {

    private static final int BATCH = 16;

    private FirstStep() {}

    /** @return A, B and R of every module that {@code work}'s adapter targets */
    static Tensors of(TorchEngine engine, Workload work, Dataset data, double size) {
        ModelDescriptor model = engine.describe("", work.modelDirectory());
        SortedMap<String, Integer> widths = new TreeMap<>();
        for (String module : model.select(work.adapter().targetModules())) {
            widths.put(
                    module,
                    Objects.requireNonNull(model.linearModules().get(module)).in());
        }
        int examples = data.examples().size();
        if (widths.isEmpty() || examples == 0) {
            throw new TrainingException(
                    widths.isEmpty()
                            ? "adapter.target-modules " + work.adapter().targetModules() + " match no module"
                            : "dataset '" + work.task().dataset() + "' has no examples to take a gradient of");
        }
        Tensors start = start(work.start(), model, widths);
        AdapterConfig dense = work.adapter().withType("lora").reshaped(widths, module -> 1.0);
        Workload whole = new Workload(
                work.modelDirectory(), work.task(), dense, work.folds(), work.foldKey(), start, work.baseDtype());
        int batches = (examples + BATCH - 1) / BATCH;
        Job.Training descent = new Job.Training(1, 1, BATCH, batches, 1, 1, "sgd", 0, 0, 0, "constant", 0);
        Tensors moved = engine.train(
                        whole,
                        widths.keySet().stream().map(FirstStep::b).collect(Collectors.toSet()),
                        descent,
                        1,
                        data,
                        (done, total) -> {})
                .tensors();
        SortedMap<String, float[]> directions = new TreeMap<>();
        widths.keySet().forEach(module -> directions.put(module, signs(moved.read(b(module)), module, size)));
        return WeightInitialisation.ofSteps(work.adapter(), directions, widths);
    }

    /** B after a step of rate one is the negative gradient. */
    private static float[] signs(float[] values, String module, double size) {
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            any |= values[i] != 0;
            values[i] = (float) (size * Math.signum(values[i]));
        }
        if (!any) {
            throw new TrainingException("the gradient of " + module + " is zero everywhere; a classification head of"
                    + " zeros lets none through");
        }
        return values;
    }

    private static Tensors start(TensorSource given, ModelDescriptor model, SortedMap<String, Integer> widths) {
        Tensors.Builder start = Tensors.builder();
        widths.forEach((module, in) -> {
            float[] identity = new float[in * in];
            for (int i = 0; i < in; i++) {
                identity[i * in + i] = 1;
            }
            int out = Objects.requireNonNull(model.linearModules().get(module)).out();
            start.put(new TensorName(module, TensorRole.LORA_A).key(), identity, in, in);
            start.put(b(module), new float[out * in], out, in);
        });
        given.layout().tensors().values().stream()
                .filter(info -> List.of(TensorRole.WEIGHT, TensorRole.BIAS)
                        .contains(TensorName.parse(info.name()).role()))
                .forEach(info -> start.put(info, given.read(info.name())));
        return start.build();
    }

    private static String b(String module) {
        return new TensorName(module, TensorRole.LORA_B).key();
    }
}
