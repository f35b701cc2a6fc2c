package dev.tributary.training.engine;

import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingEngine.ProgressListener;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Torch;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** Figures of a model on held-out examples, in batches of similar length. */
final class EvaluationRun {

    private EvaluationRun() {}

    /** Class scores of one example, (labels). */
    static float[] logits(TaskModel model, Encoded example) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard();
                Batch batch = Batch.of(List.of(example.ids()))) {
            return Torch.floats(model.logits(batch));
        }
    }

    static Metrics run(TaskModel model, List<Encoded> examples, int batchSize, ProgressListener progress) {
        List<Encoded> byLength = examples.stream()
                .sorted(Comparator.comparingInt((Encoded e) -> e.ids().length).thenComparingInt(Encoded::index))
                .toList();
        long batches = (byLength.size() + batchSize - 1) / batchSize;
        double loss = 0;
        long targets = 0;
        long correct = 0;
        for (int batch = 0; batch < batches; batch++) {
            int from = batch * batchSize;
            try (PointerScope scope = new PointerScope();
                    NoGradGuard noGradients = new NoGradGuard()) {
                Objective.Outcome outcome = model.objective()
                        .measure(model, byLength.subList(from, Math.min(byLength.size(), from + batchSize)));
                loss += outcome.loss().item_double() * outcome.count();
                targets += outcome.count();
                correct += outcome.correct();
            }
            progress.progress(batch + 1, batches);
        }
        double mean = loss / targets;
        TreeMap<String, Double> values = new TreeMap<>();
        values.put("loss", mean);
        if (model.objective() == Objective.NEXT_TOKEN) {
            values.put("perplexity", Math.exp(mean));
            values.put("tokens", (double) targets);
        } else {
            values.put("accuracy", (double) correct / targets);
        }
        return new Metrics(examples.size(), values);
    }
}
