package dev.tributary.cli.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Label skew: the rows of each label are shared out by a draw from Dir(alpha) of its own (Hsu et al.,
 * arXiv:1909.06335). Small alpha gives agents that hold few labels.
 */
record DirichletPartition(double alpha) implements Partition {

    @Override
    public Optional<String> column() {
        return Optional.of(LABEL);
    }

    @Override
    public List<Set<Integer>> deal(List<String> values, int parts, long seed) {
        Parts.check(values.size(), parts);
        TreeMap<String, List<Integer>> byLabel = new TreeMap<>();
        for (int row = 0; row < values.size(); row++) {
            byLabel.computeIfAbsent(values.get(row), label -> new ArrayList<>()).add(row);
        }
        Random random = new Random(seed);
        List<Set<Integer>> dealt = Parts.empty(parts);
        for (List<Integer> rows : byLabel.values()) {
            Collections.shuffle(rows, random);
            Parts.deal(rows, Parts.dirichlet(parts, alpha, random), dealt);
        }
        return Parts.levelled(dealt);
    }
}
