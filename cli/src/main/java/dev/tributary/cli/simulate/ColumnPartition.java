package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** By a column's values, as the data came about: every value is one agent's, the smallest agent takes the next largest. */
record ColumnPartition(String name) implements Partition {

    @Override
    public Optional<String> column() {
        return Optional.of(name);
    }

    @Override
    public List<Set<Integer>> deal(List<String> values, int parts, long seed) {
        Parts.check(values.size(), parts);
        TreeMap<String, List<Integer>> byValue = new TreeMap<>();
        for (int row = 0; row < values.size(); row++) {
            byValue.computeIfAbsent(values.get(row), value -> new ArrayList<>()).add(row);
        }
        if (byValue.size() < parts) {
            throw new CliException("column '" + name + "' has " + byValue.size() + " values, so it gives at most "
                    + byValue.size() + " agents, not " + parts);
        }
        List<Set<Integer>> dealt = Parts.empty(parts);
        byValue.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, List<Integer>> e) ->
                                -e.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .forEach(e -> dealt.stream()
                        .min(Comparator.comparingInt(Set::size))
                        .orElseThrow()
                        .addAll(e.getValue()));
        return Parts.levelled(dealt);
    }
}
