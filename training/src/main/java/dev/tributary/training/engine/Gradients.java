package dev.tributary.training.engine;

import dev.tributary.training.model.Flat;
import dev.tributary.training.model.Torch;
import dev.tributary.training.optim.SeededRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of batches, each split over the workers. Every worker has its own gradients, which are added up in the order
 * of the workers, so that the same batch on the same number of workers gives the same bytes.
 */
final class Gradients {

    private final List<TaskModel> models;
    private final Workers workers;
    private final Backward backward;
    private @Nullable SeededRandom dropout;
    private long batches;
    private long tokens;
    private long slots;
    private double lastLoss = Double.NaN;

    Gradients(List<TaskModel> models, Workers workers, boolean checkpointing) {
        this.models = models;
        this.workers = workers;
        this.backward = checkpointing ? new CheckpointedBackward() : new Backward();
    }

    /** Turns dropout on, where the adapter has any. */
    void dropOut(SeededRandom random) {
        dropout = random;
    }

    /** Adds {@code share} times the gradient of the batch's mean loss; returns that loss, which may be not finite. */
    double add(List<Encoded> batch, double share) {
        List<List<Encoded>> parts = split(batch, Math.min(workers.count(), batch.size()));
        long targets = models.get(0).objective().targets(batch);
        List<Supplier<Backward.Result>> work = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            TaskModel model = dropping(models.get(i), i);
            List<Encoded> part = parts.get(i);
            double partShare = (double) model.objective().targets(part) / targets;
            work.add(() -> {
                try (PointerScope scope = new PointerScope()) {
                    return backward.add(model, part, share * partShare, partShare);
                }
            });
        }
        double loss = 0;
        for (Backward.Result result : workers.all(work)) {
            loss += result.weightedLoss();
            tokens += result.tokens();
            slots += result.slots();
        }
        batches++;
        if (Double.isFinite(loss)) {
            lastLoss = loss;
            gather(parts.size());
        }
        return loss;
    }

    private TaskModel dropping(TaskModel model, int worker) {
        if (dropout == null || model.adapter().config().dropout() == 0) {
            return model;
        }
        SeededRandom drawn = dropout.split(batches).split(worker);
        return model.withBody(new DroppingBody(model.body(), model.adapter(), drawn));
    }

    /** Parts of about equally many tokens; sequences of like length come together, so that little is padded. */
    static List<List<Encoded>> split(List<Encoded> batch, int parts) {
        if (parts == 1) {
            return List.of(batch);
        }
        List<Encoded> byLength = batch.stream()
                .sorted(Comparator.comparingInt(e -> e.ids().length))
                .toList();
        long total = byLength.stream().mapToLong(e -> e.ids().length).sum();
        List<List<Encoded>> split = new ArrayList<>();
        int from = 0;
        long before = 0;
        for (int part = 1; part <= parts; part++) {
            int to = from;
            int most = byLength.size() - (parts - part); // one at least for each part that follows
            while (to < most && (to == from || part == parts || before * parts < total * part)) {
                before += byLength.get(to++).ids().length;
            }
            split.add(byLength.subList(from, to));
            from = to;
        }
        return split;
    }

    /** Adds the gradients of all but the first model to those of the first. */
    private void gather(int parts) {
        try (PointerScope scope = new PointerScope()) {
            TaskModel first = models.get(0);
            var own = first.adapter().parameters();
            for (TaskModel model : models.subList(1, parts)) {
                List<Tensor> parameters = new ArrayList<>();
                List<Tensor> gradients = new ArrayList<>();
                model.adapter().parameters().forEach((name, parameter) -> {
                    if (parameter.grad().defined()) {
                        parameters.add(Objects.requireNonNull(own.get(name)));
                        gradients.add(parameter.grad().detach()); // a handle of its own: the parameter's is emptied
                        parameter.mutable_grad().put(new Tensor());
                    }
                });
                List<Tensor> here = Flat.moved(gradients, model.device(), first.device());
                for (int i = 0; i < here.size(); i++) {
                    Torch.addGradient(parameters.get(i), here.get(i));
                }
            }
        }
    }

    double lastLoss() {
        return lastLoss;
    }

    long tokens() {
        return tokens;
    }

    double paddingShare() {
        return 1 - (double) tokens / slots;
    }
}
