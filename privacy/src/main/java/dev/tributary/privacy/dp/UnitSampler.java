package dev.tributary.privacy.dp;

import dev.tributary.privacy.noise.BitSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Draws who takes part. Samples are secret: never log or send one. */
public final class UnitSampler {
    private UnitSampler() {}

    /**
     * Each of {@code population} units with probability {@code rate}, independently, in ascending order; may be empty.
     * Walks by geometric skips, so it costs as many draws as units are taken.
     */
    public static int[] poisson(int population, double rate, BitSource bits) {
        if (population < 0) {
            throw new IllegalArgumentException("population must be >= 0, was " + population);
        }
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("sampling rate must be in (0, 1], was " + rate);
        }
        if (rate == 1) {
            return IntStream.range(0, population).toArray();
        }
        double logMiss = Math.log1p(-rate);
        int[] taken = new int[16];
        int count = 0;
        double at = -1;
        while (true) {
            // u in (0, 1]; the number of misses before the next hit is geometric.
            double u = ((bits.next() >>> 11) + 1) * 0x1p-53;
            at += 1 + Math.floor(Math.log(u) / logMiss);
            if (at >= population) {
                return Arrays.copyOf(taken, count);
            }
            if (count == taken.length) {
                taken = Arrays.copyOf(taken, 2 * count);
            }
            taken[count++] = (int) at;
        }
    }

    /** Exactly {@code sample} of {@code population} units, every such set equally likely, ascending (Floyd). */
    public static int[] fixedSize(int population, int sample, BitSource bits) {
        if (sample < 0 || sample > population) {
            throw new IllegalArgumentException(
                    "sample must be in [0, population], was " + sample + " of " + population);
        }
        Set<Integer> taken = new HashSet<>();
        for (int top = population - sample; top < population; top++) {
            int candidate = (int) uniform(top + 1L, bits);
            if (!taken.add(candidate)) {
                taken.add(top);
            }
        }
        return taken.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** Uniform in [0, bound), without bias. */
    private static long uniform(long bound, BitSource bits) {
        while (true) {
            long value = bits.next() >>> 1;
            long remainder = value % bound;
            if (value - remainder <= Long.MAX_VALUE - (bound - 1)) {
                return remainder;
            }
        }
    }
}
