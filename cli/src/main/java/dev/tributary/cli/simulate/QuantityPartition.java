package dev.tributary.cli.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Quantity skew: rows at random, the sizes of the parts by a draw from Dir(alpha). */
record QuantityPartition(double alpha) implements Partition {

    @Override
    public List<Set<Integer>> deal(List<String> values, int parts, long seed) {
        Parts.check(values.size(), parts);
        Random random = new Random(seed);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, values.size()).boxed().toList());
        Collections.shuffle(order, random);
        List<Set<Integer>> dealt = Parts.empty(parts);
        Parts.deal(order, Parts.dirichlet(parts, alpha, random), dealt);
        return Parts.levelled(dealt);
    }
}
