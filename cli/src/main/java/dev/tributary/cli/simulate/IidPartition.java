package dev.tributary.cli.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Rows dealt out at random in equal numbers; the same seed deals the same. */
final class IidPartition {

    private IidPartition() {}

    /**
     * Every row in exactly one part; sizes differ by at most one.
     *
     * @param rows how many there are, at least one per part
     */
    static List<Set<Integer>> deal(int rows, int parts, long seed) {
        if (rows < parts) {
            throw new IllegalArgumentException(rows + " rows cannot be dealt to " + parts + " agents");
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<Set<Integer>> dealt = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            dealt.add(new HashSet<>());
        }
        for (int i = 0; i < rows; i++) {
            dealt.get(i % parts).add(order.get(i));
        }
        return dealt;
    }
}
