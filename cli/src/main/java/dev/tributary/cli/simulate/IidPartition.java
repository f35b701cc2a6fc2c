package dev.tributary.cli.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Rows dealt out at random in equal numbers: sizes differ by at most one. */
final class IidPartition implements Partition {

    @Override
    public List<Set<Integer>> deal(List<String> values, int parts, long seed) {
        int rows = values.size();
        Parts.check(rows, parts);
        List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<Set<Integer>> dealt = Parts.empty(parts);
        for (int i = 0; i < rows; i++) {
            dealt.get(i % parts).add(order.get(i));
        }
        return dealt;
    }
}
