package dev.tributary.training.engine;

import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingEngine.ProgressListener;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Torch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** Figures of a model on held-out examples, in batches of similar length. */
final class EvaluationRun {

    private EvaluationRun() {}

    /** Class scores of one example, (labels). */
    static float[] logits(TaskModel model, Encoded example) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard();
                Batch batch = Batch.of(model.device(), List.of(example.ids()))) {
            return Torch.floats(model.logits(batch));
        }
    }

    /** Every example by itself, in the order given. */
    static TrainingEngine.Judgement judge(
            List<TaskModel> models, Workers workers, List<Encoded> examples, int batchSize, ProgressListener progress) {
        List<Integer> byLength = IntStream.range(0, examples.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> examples.get(i).ids().length))
                .toList();
        double[] losses = new double[examples.size()];
        double[] hits = new double[examples.size()];
        eachBatch(models, workers, byLength, batchSize, progress, (model, taken) -> {
            List<Encoded> together = taken.stream().map(examples::get).toList();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard noGradients = new NoGradGuard();
                    Batch batch = Batch.of(
                            model.device(), together.stream().map(Encoded::ids).toList())) {
                Objective.Judged judged = model.objective().judge(model, batch, together);
                float[] loss = Torch.floats(judged.losses());
                float[] hit = Torch.floats(judged.hits());
                for (int i = 0; i < loss.length; i++) {
                    losses[taken.get(i)] = loss[i];
                    hits[taken.get(i)] = hit[i];
                }
                return loss.length;
            }
        });
        return new TrainingEngine.Judgement(losses, hits);
    }

    static Metrics run(
            List<TaskModel> models, Workers workers, List<Encoded> examples, int batchSize, ProgressListener progress) {
        List<Encoded> byLength = examples.stream()
                .sorted(Comparator.comparingInt((Encoded e) -> e.ids().length).thenComparingInt(Encoded::index))
                .toList();
        Tally sum = Tally.NOTHING;
        for (Tally part : eachBatch(models, workers, byLength, batchSize, progress, EvaluationRun::tally)) {
            sum = sum.plus(part);
        }
        return new Metrics(examples.size(), sum.figures(models.get(0).objective()));
    }

    /** The results of all batches in order, as many batches at a time as there are workers, on the models in turn. */
    private static <E, T> List<T> eachBatch(
            List<TaskModel> models,
            Workers workers,
            List<E> all,
            int batchSize,
            ProgressListener progress,
            BiFunction<TaskModel, List<E>, T> work) {
        List<Supplier<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += batchSize) {
            List<E> batch = all.subList(from, Math.min(all.size(), from + batchSize));
            TaskModel model = models.get(batches.size() % models.size());
            batches.add(() -> work.apply(model, batch));
        }
        List<T> results = new ArrayList<>();
        for (int from = 0; from < batches.size(); from += workers.count()) {
            int to = Math.min(batches.size(), from + workers.count());
            results.addAll(workers.all(batches.subList(from, to)));
            progress.progress(to, batches.size());
        }
        return results;
    }

    private static Tally tally(TaskModel model, List<Encoded> batch) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            return Tally.of(model.objective().measure(model, batch));
        }
    }
}
