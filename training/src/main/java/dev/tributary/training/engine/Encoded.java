package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * One example as token ids.
 *
 * @param index place in the dataset, for messages
 * @param label class index; -1 where the task has none
 */
record Encoded(int index, int[] ids, int label) {

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
            int[] ids = tokenizer.encode(example.text(), task.maxLength());
            if (task.isClassification()) {
                checkLabel(task, i, example.label());
            } else if (ids.length < 2) {
                continue; // nothing to predict
            }
            checkIds(task, i, ids, model.vocabulary());
            encoded.add(new Encoded(i, ids, example.label()));
        }
        if (encoded.isEmpty()) {
            throw new TrainingException("dataset " + task.dataset() + " has no text of at least two tokens");
        }
        return encoded;
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
