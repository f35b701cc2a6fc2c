package dev.tributary.agent.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A dataset that the site offers: its files and what is in them.
 *
 * @param task {@code sequence-classification} or {@code causal-lm}
 * @param train file of the training examples
 * @param test file of the held-out examples
 * @param format {@code csv, tsv, jsonl} or {@code text}; by the file's name where it is not given
 * @param columns what is where: {@code text} and {@code label} to a column's name, or its number from 1
 * @param labels label names as they stand in the files, where the files do not hold the class index
 */
public record DatasetConfig(
        String task,
        Path train,
        Path test,
        Optional<String> format,
        SortedMap<String, String> columns,
        List<String> labels) {
    public DatasetConfig {
        columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
        labels = List.copyOf(labels);
    }
}
