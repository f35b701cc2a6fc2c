package dev.tributary.plan;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent tells of a base model it holds: enough for a coordinator without the weights to check a job, build the
 * initial adapter and refuse agents whose bytes differ.
 *
 * @param name the name jobs use
 * @param architecture {@code config.json}'s architecture, for example {@code BertModel}
 * @param weightsSha256 SHA-256 (hex) of the weights: of model.safetensors, or of the sorted list of its shards' hashes
 * @param tokenizerSha256 SHA-256 (hex) of tokenizer.json
 * @param linearModules every linear module that an adapter can target: path to (out, in)
 * @param hiddenSize width of the last hidden state, the input of a classification head
 * @param maxPositions longest sequence in tokens
 */
public record ModelDescriptor(
        String name,
        String architecture,
        String weightsSha256,
        String tokenizerSha256,
        SortedMap<String, LinearShape> linearModules,
        int hiddenSize,
        int maxPositions) {

    /** Shape of a linear module's weight, always (out, in) even where the file stores the transpose (Conv1D). */
    public record LinearShape(int out, int in) {}

    public ModelDescriptor {
        linearModules = Collections.unmodifiableSortedMap(new TreeMap<>(linearModules));
    }

    /** Paths of the modules that {@code targets} selects: names by whole path suffix, {@code all-linear}, or one regular expression. */
    public List<String> select(List<String> targets) {
        return TargetModules.select(targets, linearModules.keySet());
    }
}
