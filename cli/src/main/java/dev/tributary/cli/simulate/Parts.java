package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What the partitions have in common. */
final class Parts {

    /** One row to train on and one to hold out. */
    static final int LEAST = 2;

    private Parts() {}

    static void check(int rows, int parts) {
        if (rows < LEAST * parts) {
            throw new CliException("the data has " + rows + " rows; " + parts
                    + " agents need at least two each, one to train on and one held out. Use fewer agents");
        }
    }

    static List<Set<Integer>> empty(int parts) {
        List<Set<Integer>> dealt = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            dealt.add(new TreeSet<>());
        }
        return dealt;
    }

    /** Deals {@code rows} in their order by {@code shares}, rounding so that nothing is left over. */
    static void deal(List<Integer> rows, double[] shares, List<Set<Integer>> dealt) {
        double sum = 0;
        int from = 0;
        for (int part = 0; part < shares.length; part++) {
            sum += shares[part];
            int to = part == shares.length - 1
                    ? rows.size()
                    : (int) Math.min(rows.size(), Math.round(sum * rows.size()));
            dealt.get(part).addAll(rows.subList(from, Math.max(from, to)));
            from = Math.max(from, to);
        }
    }

    /** Moves rows from the largest parts to those with fewer than two. */
    static List<Set<Integer>> levelled(List<Set<Integer>> dealt) {
        for (Set<Integer> part : dealt) {
            while (part.size() < LEAST) {
                Set<Integer> largest =
                        dealt.stream().max(Comparator.comparingInt(Set::size)).orElseThrow();
                Integer moved = largest.iterator().next();
                largest.remove(moved);
                part.add(moved);
            }
        }
        return dealt;
    }

    /** A draw from the symmetric Dirichlet distribution. */
    static double[] dirichlet(int parts, double alpha, Random random) {
        double[] shares = new double[parts];
        double sum = 0;
        for (int i = 0; i < parts; i++) {
            shares[i] = Math.max(gamma(alpha, random), 1e-300);
            sum += shares[i];
        }
        for (int i = 0; i < parts; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /** Marsaglia and Tsang, ACM TOMS 26 (2000), 363; below 1 by their boost. */
    private static double gamma(double shape, Random random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
