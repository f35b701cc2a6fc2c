package dev.tributary.training.engine;

import dev.tributary.training.model.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What evaluation counts.
 *
 * @param loss summed over the targets
 * @param classes per class: how often it was right, how often predicted, how often it was the label; empty for next tokens
 */
record Tally(double loss, long targets, long correct, List<long[]> classes) {

    static final Tally NOTHING = new Tally(0, 0, 0, List.of());

    private static final int RIGHT = 0;
    private static final int PREDICTED = 1;
    private static final int LABELLED = 2;

    static Tally of(Objective.Outcome outcome) {
        double loss = outcome.loss().item_double() * outcome.count();
        Tensor predicted = torch.argmax(outcome.logits(), new LongOptional(-1), false);
        if (!outcome.isClassification()) {
            long correct = torch.eq(predicted, outcome.targets()).sum().item_long();
            return new Tally(loss, outcome.count(), correct, List.of());
        }
        long[] found = Torch.longs(predicted);
        long[] labels = Torch.longs(outcome.targets());
        List<long[]> classes = new ArrayList<>();
        for (int i = 0; i < outcome.logits().size(1); i++) {
            classes.add(new long[3]);
        }
        long correct = 0;
        for (int i = 0; i < labels.length; i++) {
            classes.get((int) found[i])[PREDICTED]++;
            classes.get((int) labels[i])[LABELLED]++;
            if (found[i] == labels[i]) {
                classes.get((int) labels[i])[RIGHT]++;
                correct++;
            }
        }
        return new Tally(loss, labels.length, correct, classes);
    }

    Tally plus(Tally other) {
        List<long[]> sum = new ArrayList<>(other.classes);
        for (int i = 0; i < classes.size(); i++) {
            long[] a = classes.get(i);
            long[] b = other.classes.get(i);
            sum.set(i, new long[] {a[RIGHT] + b[RIGHT], a[PREDICTED] + b[PREDICTED], a[LABELLED] + b[LABELLED]});
        }
        return new Tally(loss + other.loss, targets + other.targets, correct + other.correct, sum);
    }

    /** The figures that are reported: {@code loss, accuracy, f1}, or {@code loss, perplexity, tokens}. */
    SortedMap<String, Double> figures(Objective objective) {
        TreeMap<String, Double> values = new TreeMap<>();
        values.put("loss", loss / targets);
        if (objective == Objective.NEXT_TOKEN) {
            values.put("perplexity", Math.exp(loss / targets));
            values.put("tokens", (double) targets);
        } else {
            values.put("accuracy", (double) correct / targets);
            values.put("f1", macroF1());
        }
        return values;
    }

    /** Mean over the classes that occur of 2·right/(predicted + labelled). */
    private double macroF1() {
        return classes.stream()
                .filter(c -> c[PREDICTED] + c[LABELLED] > 0)
                .mapToDouble(c -> 2.0 * c[RIGHT] / (c[PREDICTED] + c[LABELLED]))
                .average()
                .orElse(0);
    }
}
