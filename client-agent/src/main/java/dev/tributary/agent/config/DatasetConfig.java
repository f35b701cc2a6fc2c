package dev.tributary.agent.config;

import dev.tributary.training.data.DatasetSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * A dataset that the site offers.
 *
 * @param task {@code sequence-classification} or {@code causal-lm}
 * @param train the examples that jobs train on
 * @param test the examples held out for evaluations
 */
public record DatasetConfig(String task, DatasetSpec train, DatasetSpec test) {

    /**
     * Texts with class labels.
     *
     * @param text column of the text
     * @param label column of the label
     * @param labels labels as they stand in the files; empty where the files hold the class index
     */
    public static DatasetConfig classification(Path train, Path test, String text, String label, List<String> labels) {
        return new DatasetConfig(
                "sequence-classification",
                DatasetSpec.labelled(train, text, label, labels),
                DatasetSpec.labelled(test, text, label, labels));
    }

    /** Texts without labels. */
    public static DatasetConfig causalLm(Path train, Path test, String text) {
        return new DatasetConfig("causal-lm", DatasetSpec.plain(train, text), DatasetSpec.plain(test, text));
    }
}
