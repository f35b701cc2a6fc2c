package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.tokenizer.MarkedTokens;
import dev.tributary.training.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One example as token ids.
 *
 * @param index place in the dataset, for messages
 * @param label class index; -1 where the task has none
 * @param learned whether the token at the same place is a target of next-token prediction; null for every token but the
 *     first
 */
record Encoded(int index, int[] ids, int label, boolean @Nullable [] learned) {

    Encoded(int index, int[] ids, int label) {
        this(index, ids, label, null);
    }

    /** Whether the token at {@code place} is to be predicted from those before it. */
    boolean isTarget(int place) {
        return place > 0 && (learned == null || learned[place]);
    }

    int targets() {
        int targets = 0;
        for (int i = 1; i < ids.length; i++) {
            targets += isTarget(i) ? 1 : 0;
        }
        return targets;
    }

    /**
     * Tokenises and checks a dataset for {@code task}.
     *
     * @throws TrainingException if there are no examples, a label is out of range, or sequences cannot fit the model
     */
    static List<Encoded> all(Dataset data, TextTokenizer tokenizer, Job.Task task, Transformer model) {
        if (task.maxLength() > model.maxPositions()) {
            throw new TrainingException("task.max-length " + task.maxLength() + " is longer than the model's "
                    + model.maxPositions() + " positions; write at most " + model.maxPositions());
        }
        List<Dataset.Example> examples = data.examples();
        if (examples.isEmpty()) {
            throw new TrainingException("dataset " + task.dataset() + " has no examples");
        }
        List<Encoded> encoded = new ArrayList<>(examples.size());
        for (int i = 0; i < examples.size(); i++) {
            Dataset.Example example = examples.get(i);
            Encoded one = encode(example, i, tokenizer, task.maxLength());
            if (task.isClassification()) {
                checkLabel(task, i, example.label());
            } else if (one.targets() == 0) {
                continue; // nothing to predict
            }
            checkIds(task, i, one.ids(), model.vocabulary());
            encoded.add(one);
        }
        if (encoded.isEmpty()) {
            throw new TrainingException("dataset " + task.dataset() + " has no text with a token to predict within "
                    + task.maxLength() + " tokens; raise task.max-length if the answers come later");
        }
        return encoded;
    }

    private static Encoded encode(Dataset.Example example, int index, TextTokenizer tokenizer, int maxLength) {
        if (example.learned().isEmpty()) {
            return new Encoded(index, tokenizer.encode(example.text(), maxLength), example.label());
        }
        MarkedTokens marked = tokenizer.encode(example.text(), example.learned(), maxLength);
        return new Encoded(index, marked.ids(), example.label(), marked.learned());
    }

    private static void checkLabel(Job.Task task, int index, int label) {
        if (label < 0 || label >= task.labels().size()) {
            throw new TrainingException("dataset " + task.dataset() + ": example " + (index + 1) + " has label " + label
                    + ", but task.labels has " + task.labels().size() + " entries (0 to "
                    + (task.labels().size() - 1) + ")");
        }
    }

    private static void checkIds(Job.Task task, int index, int[] ids, int vocabulary) {
        if (ids.length == 0) {
            throw new TrainingException("dataset " + task.dataset() + ": example " + (index + 1) + " has no tokens");
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new TrainingException(
                        "the tokenizer gives token id " + id + ", but the model has a vocabulary of " + vocabulary
                                + ": tokenizer.json does not belong to this model");
            }
        }
    }
}
