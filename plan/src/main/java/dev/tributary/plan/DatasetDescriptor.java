package dev.tributary.plan;

import java.util.List;

/**
 * What an agent declares of a dataset it is willing to train on.
 *
 * @param name the name jobs use
 * @param task {@code sequence-classification} or {@code causal-lm}
 * @param labels number of distinct labels, 0 for text without labels
 * @param columns declared column names
 * @param trainExamples number of training examples, or -1 if the site does not tell
 * @param testExamples number of held-out examples, or -1
 */
public record DatasetDescriptor(
        String name, String task, int labels, List<String> columns, long trainExamples, long testExamples) {
    public DatasetDescriptor {
        columns = List.copyOf(columns);
    }
}
