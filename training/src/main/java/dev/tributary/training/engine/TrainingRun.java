package dev.tributary.training.engine;

import dev.tributary.adapter.TensorSource;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingEngine.ProgressListener;
import dev.tributary.training.TrainingException;
import dev.tributary.training.optim.Optimizer;
import dev.tributary.training.optim.Proximal;
import dev.tributary.training.optim.Schedule;
import dev.tributary.training.optim.SeededRandom;
import dev.tributary.training.optim.Shift;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** One local training: epochs of seeded batches; every optimiser step sees the mean over one or more batches. */
final class TrainingRun {

    /** Keys of the random streams that a training's seed is split into. */
    private static final long ORDER = 1;

    private static final long DROPOUT = 2;

    private final TaskModel model;
    private final Job.Training settings;
    private final Gradients gradients;
    private final List<Optimizer.Parameter> parameters;
    private final Optimizer optimizer;
    private final Proximal proximal;
    private final Shift shift;
    private final Replicas replicas;
    private long steps;
    private long batches;
    private double lossSum;

    /** @param models one for each worker, sharing their values or following the first, whose parameters are trained */
    TrainingRun(List<TaskModel> models, Workers workers, Job.Training settings) {
        this(models, workers, settings, Optional.empty());
    }

    /** @param shift what parameters move by in all, beside what the data says */
    TrainingRun(List<TaskModel> models, Workers workers, Job.Training settings, Optional<TensorSource> shift) {
        this.model = models.get(0);
        this.settings = settings;
        this.parameters = Parameters.of(model.adapter(), settings);
        this.gradients = new Gradients(models, workers, settings.gradientCheckpointing());
        this.proximal = new Proximal(parameters, settings.proximalMu());
        this.shift = new Shift(parameters, shift, model.adapter().device());
        this.replicas = new Replicas(models);
        this.optimizer =
                Parameters.optimizer(parameters, settings, model.device().isCuda());
    }

    Metrics run(List<Encoded> examples, long seed, ProgressListener progress) {
        long began = System.nanoTime();
        BatchPlan plan = new BatchPlan(examples.size(), settings);
        Schedule schedule = Schedule.of(settings.schedule(), settings.warmup(), plan.totalSteps());
        shift.spreadOver(schedule);
        SeededRandom random = SeededRandom.of(seed);
        gradients.dropOut(random.split(DROPOUT));
        SeededRandom order = random.split(ORDER);
        for (int epoch = 0; steps < plan.totalSteps(); epoch++) {
            for (List<int[]> step : plan.epoch(order.split(epoch))) {
                if (steps == plan.totalSteps()) {
                    break;
                }
                List<List<Encoded>> group = step.stream()
                        .map(batch ->
                                Arrays.stream(batch).mapToObj(examples::get).toList())
                        .toList();
                step(group, schedule.factor(steps), () -> progress.progress(batches, plan.totalBatches()));
            }
        }
        checkFinite();
        return metrics(examples.size(), (System.nanoTime() - began) / 1e9);
    }

    /** One optimiser step at the full learning rate; returns the mean loss before it. */
    double step(List<Encoded> batch) {
        return step(List.of(batch), 1, () -> {});
    }

    private double step(List<List<Encoded>> group, double rateFactor, Runnable afterBatch) {
        long targets = group.stream().mapToLong(model.objective()::targets).sum();
        double mean = 0;
        for (int i = 0; i < group.size(); i++) {
            List<Encoded> batch = group.get(i);
            double share = (double) model.objective().targets(batch) / targets;
            double loss = gradients.add(batch, share);
            if (!Double.isFinite(loss)) {
                throw notFinite(loss, batch);
            }
            mean += share * loss;
            batches++;
            if (i < group.size() - 1) {
                afterBatch.run();
            }
        }
        proximal.addGradients();
        if (settings.gradientClipping() > 0) {
            clip();
        }
        optimizer.step(rateFactor);
        shift.step(rateFactor);
        replicas.follow();
        steps++;
        lossSum += mean;
        afterBatch.run();
        return mean;
    }

    private void clip() {
        try (PointerScope scope = new PointerScope()) {
            TensorVector tensors = new TensorVector(
                    parameters.stream().map(Optimizer.Parameter::tensor).toArray(org.bytedeco.pytorch.Tensor[]::new));
            torch.clip_grad_norm_(tensors, settings.gradientClipping());
        }
    }

    private void checkFinite() {
        try (PointerScope scope = new PointerScope()) {
            for (Optimizer.Parameter parameter : parameters) {
                if (!torch.isfinite(parameter.tensor()).all().item_bool()) {
                    throw new TrainingException(parameter.name() + " is no longer finite after step " + steps
                            + "; last finite loss " + shown(gradients.lastLoss()) + ". " + remedy());
                }
            }
        }
    }

    private TrainingException notFinite(double loss, List<Encoded> batch) {
        return new TrainingException("the loss became " + loss + " at step " + (steps + 1) + " (examples "
                + batch.stream().map(e -> String.valueOf(e.index() + 1)).toList() + "); last finite loss "
                + shown(gradients.lastLoss()) + ". " + remedy());
    }

    private static String shown(double loss) {
        return Double.isNaN(loss) ? "none" : String.format("%.4g", loss);
    }

    private String remedy() {
        return "Lower training.learning-rate (now " + settings.learningRate() + "), or set training.gradient-clipping";
    }

    private Metrics metrics(int examples, double seconds) {
        TreeMap<String, Double> values = new TreeMap<>();
        values.put("loss", lossSum / steps);
        values.put("steps", (double) steps);
        values.put("tokens", (double) gradients.tokens());
        values.put("seconds", seconds);
        values.put("paddingShare", gradients.paddingShare());
        return new Metrics(examples, values);
    }
}
