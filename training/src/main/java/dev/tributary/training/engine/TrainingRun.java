package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingEngine.ProgressListener;
import dev.tributary.training.TrainingException;
import dev.tributary.training.optim.AdamW;
import dev.tributary.training.optim.Optimizer;
import dev.tributary.training.optim.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;

/** One local training: epochs of seeded batches, each one forward pass, backward pass and optimiser step. */
final class TrainingRun {

    private final TaskModel model;
    private final Job.Training settings;
    private final Optimizer optimizer;
    private long steps;
    private long tokens;
    private long slots;
    private double lossSum;
    private double lastLoss = Double.NaN;

    TrainingRun(TaskModel model, Job.Training settings) {
        this.model = model;
        this.settings = settings;
        this.optimizer = optimizer();
    }

    private Optimizer optimizer() {
        List<Optimizer.Parameter> parameters = new ArrayList<>();
        model.adapter()
                .parameters()
                .forEach((name, tensor) -> parameters.add(new Optimizer.Parameter(
                        name,
                        tensor,
                        model.adapter().isHead(name) ? settings.headLearningRate() : settings.learningRate())));
        if (parameters.isEmpty()) {
            throw new TrainingException("nothing to train: no tensor is marked trainable");
        }
        return new AdamW(parameters, settings.weightDecay());
    }

    /** Batches of indices into a dataset of {@code size} examples; the last one of an epoch may be smaller. */
    static List<int[]> batches(int size, int batchSize, SeededRandom random) {
        int[] order = random.permutation(size);
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < size; from += batchSize) {
            batches.add(Arrays.copyOfRange(order, from, Math.min(size, from + batchSize)));
        }
        return batches;
    }

    Metrics run(List<Encoded> examples, long seed, ProgressListener progress) {
        long began = System.nanoTime();
        int perEpoch = (examples.size() + settings.batchSize() - 1) / settings.batchSize();
        long total = settings.maxSteps() > 0 ? settings.maxSteps() : (long) settings.epochs() * perEpoch;
        SeededRandom random = SeededRandom.of(seed);
        for (int epoch = 0; steps < total; epoch++) {
            for (int[] batch : batches(examples.size(), settings.batchSize(), random.split(epoch))) {
                if (steps == total) {
                    break;
                }
                step(Arrays.stream(batch).mapToObj(examples::get).toList());
                progress.progress(steps, total);
            }
        }
        return metrics(examples.size(), (System.nanoTime() - began) / 1e9);
    }

    /** One optimiser step on the given examples; returns the loss before it. */
    double step(List<Encoded> examples) {
        try (PointerScope scope = new PointerScope()) {
            Objective.Outcome outcome = model.objective().measure(model, examples);
            double loss = outcome.loss().item_double();
            steps++;
            if (!Double.isFinite(loss)) {
                throw notFinite(loss, examples);
            }
            outcome.loss().backward();
            optimizer.step(1);
            tokens += outcome.tokens();
            slots += outcome.slots();
            lossSum += loss;
            lastLoss = loss;
            return loss;
        }
    }

    private TrainingException notFinite(double loss, List<Encoded> examples) {
        return new TrainingException("the loss became " + loss + " at step " + steps + " (examples "
                + examples.stream().map(e -> String.valueOf(e.index() + 1)).toList() + "); last finite loss "
                + (Double.isNaN(lastLoss) ? "none" : String.format("%.4g", lastLoss))
                + ". Lower training.learning-rate (now " + settings.learningRate()
                + "), or set training.gradient-clipping");
    }

    private Metrics metrics(int examples, double seconds) {
        TreeMap<String, Double> values = new TreeMap<>();
        values.put("loss", lossSum / steps);
        values.put("steps", (double) steps);
        values.put("tokens", (double) tokens);
        values.put("seconds", seconds);
        values.put("paddingShare", 1 - (double) tokens / slots);
        return new Metrics(examples, values);
    }
}
